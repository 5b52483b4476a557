import { findMaskProblem, MaskRules } from './mask-rules.js';

const covers = (entries: readonly string[], path: string) =>
  MaskRules.of(entries)?.covers(path.slice(path.lastIndexOf('.') + 1), path);

describe('the rules of masking', () => {
  it.each<[string, string, boolean]>([
    ['email', 'email', true],
    ['email', 'emails', false],
    ['email', 'Email', false],
    ['email', 'customer.email', true],
    ['email', 'email.host', false],
    ['customer.email', 'customer.email', true],
    ['customer.email', 'email', false],
    ['customer.email', 'seller.email', false],
    ['card_*', 'card_number', true],
    ['card_*', 'order.card_number', true],
    ['card_*', 'my_card_number', false],
    ['*', 'anything', true],
    ['*mail', 'e-mail', true],
    ['u*l', 'user.email', false],
    ['customer.*', 'customer.name', true],
    ['customer.*', 'seller.name', false],
    ['a+b*', 'a+bc', true],
    ['a+b*', 'aabc', false],
    ['/(?i)mail/', 'eMAILs', true],
    ['/^pin$/', 'pin', true],
    ['/^pin$/', 'spin', false],
    ['/^order\\.\\w+$/', 'order.total', true],
    ['//', '//', true],
  ])('%s, of %s: %s', (entry, path, expected) => {
    expect(covers([entry], path)).toBe(expected);
    // Asks twice, because the second answer comes from the cache.
    const rules = MaskRules.of(['nothing', entry]);
    expect([1, 2].map(() => rules?.covers(path.slice(path.lastIndexOf('.') + 1), path))).toEqual([
      expected,
      expected,
    ]);
  });

  it('are none of a project without any', () => {
    expect(MaskRules.of([])).toBeNull();
  });

  it('answer a hostile pattern in linear time', () => {
    expect(covers(['/(a+)+$/'], `${'a'.repeat(20_000)}!`)).toBe(false);
    expect(covers([`${'a*'.repeat(60)}b`], 'a'.repeat(2000))).toBe(false);
  });

  it.each(['/(/', '/(?=a)/', '/a**/', '/\\1/', '/mail/i', '/a.b/gi'])('cannot be %s', (entry) => {
    expect(findMaskProblem(entry)).toContain('RE2');
  });

  it.each(['email', 'a(b', '*', '/a|b/', '/', '/path', 'a/b/c'])('may be %s', (entry) => {
    expect(findMaskProblem(entry)).toBeNull();
  });
});
