import { MaskRules } from '../../projects/index.js';
import { maskVariables } from './mask-variables.js';

const rules = (...entries: string[]) => MaskRules.of(entries) as MaskRules;

describe('masking variables', () => {
  it.each<[string, string[], string, string, string[]]>([
    ['a text', ['email'], '{"email": "ada@x.org", "name": "Ada"}', '{"email":"***","name":"Ada"}', ['email']],
    [
      'a number, a boolean, an empty text',
      ['a', 'b', 'c'],
      '{"a":1,"b":true,"c":""}',
      '{"a":"***","b":"***","c":"***"}',
      ['a', 'b', 'c'],
    ],
    ['null by leaving it', ['a'], '{"a":null,"b":1}', '{"a":null,"b":1}', ['a']],
    [
      'members at any depth',
      ['email'],
      '{"list":[{"email":"one@x"},{"email":"two@x"}]}',
      '{"list":[{"email":"***"},{"email":"***"}]}',
      ['list.email'],
    ],
    [
      'all that is in a value',
      ['user'],
      '{"user":{"name":"Ada","tags":["x","y"],"age":36}}',
      '{"user":{"name":"***","tags":["***","***"],"age":"***"}}',
      ['user'],
    ],
    [
      'a path',
      ['user.email'],
      '{"user":{"email":"ada@x"},"email":"open"}',
      '{"user":{"email":"***"},"email":"open"}',
      ['user.email'],
    ],
    [
      'the value in another text',
      ['email'],
      '{"email":"ada@x.org","text":"Write to ada@x.org!"}',
      '{"email":"***","text":"Write to ***!"}',
      ['email'],
    ],
    [
      'a name that is a trap',
      ['__proto__'],
      '{"__proto__":"secret","constructor":"c"}',
      '{"__proto__":"***","constructor":"c"}',
      ['__proto__'],
    ],
  ])('hides %s', (_what, entries, json, masked, paths) => {
    expect(maskVariables(rules(...entries), json)).toMatchObject({ json: masked, paths });
  });

  it('keeps everything else as it came, numbers and the order of keys included', () => {
    const json =
      '{"10":1.10,"email":"ada@x.org","2":12345678901234567890,"in":{"b":1e400,"a":-0,"email":4711.50}}';
    expect(maskVariables(rules('email'), json)?.json).toBe(
      '{"10":1.10,"email":"***","2":12345678901234567890,"in":{"b":1e400,"a":-0,"email":"***"}}',
    );
  });

  it.each(['{}', '{"name":"Ada"}', '{"a":{"b":[]}}'])('finds nothing to hide in %s', (json) => {
    expect(maskVariables(rules('email'), json)).toBeNull();
  });

  it('names the values that are to be found elsewhere, numbers as they were written', () => {
    const masked = maskVariables(
      rules('a', 'b', 'c', 'd'),
      '{"a":" ada@x.org ","b":4711.50,"c":"pin","d":"say \\"hi\\""}',
    );
    expect(masked?.values.maskText('ada@x.org paid 4711.50 with pin, {"q":"say \\"hi\\""}, say "hi"')).toBe(
      '*** paid *** with pin, {"q":"***"}, ***',
    );
  });

  it('is done with a large and hostile body in time', () => {
    const list = Array.from({ length: 20_000 }, (_, at) => `${at}.10`).join(',');
    const masked = maskVariables(rules('list'), `{"list":[${list}],"text":"${'x'.repeat(100_000)}"}`);
    expect(masked?.paths).toEqual(['list']);
    // Too many values to look for, so a text is masked as a whole.
    expect(masked?.values.maskText('anything')).toBe('***');
  });
});
