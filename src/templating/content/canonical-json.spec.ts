import { parseJson } from '../../kernel/index.js';
import { canonicalJson } from '../index.js';

describe('canonicalJson', () => {
  it.each([
    ['{"b":1,"a":[2,{"d":0.5,"c":"x"}]}', '{"a":[2,{"c":"x","d":0.5}],"b":1}'],
    ['{"b":1.0,"a":12345678901234567890}', '{"a":12345678901234567890,"b":1.0}'],
    ['{"b":1,"10":2,"9":{"y":1,"x":2}}', '{"10":2,"9":{"x":2,"y":1},"b":1}'],
    ['{"a":[{"b":[1E5,"\\u00e9"]},null,true]}', '{"a":[{"b":[1E5,"é"]},null,true]}'],
  ])('sorts keys and keeps numbers: %s', (text, canonical) => {
    expect(canonicalJson(parseJson(text))).toBe(canonical);
    expect(canonicalJson({ z: parseJson(text), a: undefined })).toBe(`{"z":${canonical}}`);
  });

  it('tells apart what is one double', () => {
    const forms = [
      '[1]',
      '[1.0]',
      '[1e0]',
      '[12345678901234567890]',
      '[12345678901234567000]',
      '[0]',
      '[-0]',
    ];
    expect(new Set(forms.map((text) => canonicalJson(parseJson(text)))).size).toBe(forms.length);
  });
});
