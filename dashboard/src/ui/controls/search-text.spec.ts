import { followAddress, type SearchText } from './search-text';

const typed = (text: string, value: string, sent: readonly string[] = []): SearchText => ({
  text,
  value,
  sent,
});

describe('a search text', () => {
  it('stays as somebody has typed on, when the address has what was searched for', () => {
    expect(followAddress(typed('abc', '', ['ab']), 'ab')).toEqual(typed('abc', 'ab'));
  });

  it('stays while several searches reach the address one after the other, or only the last one', () => {
    const first = followAddress(typed('abcd', '', ['a', 'abc']), 'a');
    expect(first).toEqual(typed('abcd', 'a', ['abc']));
    expect(followAddress(first, 'abc')).toEqual(typed('abcd', 'abc'));
    expect(followAddress(typed('abcd', '', ['a', 'abc']), 'abc')).toEqual(typed('abcd', 'abc'));
  });

  it('is replaced by what the address has from elsewhere', () => {
    expect(followAddress(typed('abc', 'abc'), '')).toEqual(typed('', ''));
    expect(followAddress(typed('abc', 'a', ['abc']), 'x')).toEqual(typed('x', 'x'));
  });

  it('is replaced by an earlier search of its own to which the browser goes back', () => {
    const after = followAddress(typed('ab', 'a', ['ab']), 'ab');
    expect(followAddress(after, 'a')).toEqual(typed('a', 'a'));
  });
});
