import { parseJson, writeJson } from '../../kernel/index.js';
import { computeChecksum, type ContentExtras, type PromptContent } from '../../templating/index.js';
import { formatPromptFile } from './format-prompt-file.js';
import { parsePromptFile } from './parse-prompt-file.js';

const ABOUT = {
  name: 'a',
  description: null,
  ownerTeam: null,
  tags: [],
  mode: 'full',
  versionNumber: 1,
} as const;

/** Builds a content whose tool has these parameters. */
const withParameters = (parameters: string): PromptContent => ({
  kind: 'text',
  templateSource: 'Find {{order}}',
  extras: parseJson(
    `{"tools":[{"type":"function","function":{"name":"find","parameters":${parameters}}}]}`,
  ) as ContentExtras,
});

describe('the schemas of a prompt file', () => {
  it.each([
    '{"type":"object","properties":{"id":{"maximum":12345678901234567890,"multipleOf":0.10}}}',
    '{"b":1.0,"10":[-0,1E5,1e-7,0.0],"9":{"2":1,"1":2},"a":"1.10"}',
    '{"enum":[1.50,"1.50",null,true,9007199254740993]}',
    '{"x":{"yes":1.0,"null":2.0,"- a: b":3.0,"":4.0,"a\\nb":5.0}}',
    '{"properties":{"plain":{"type":"integer"}}}',
  ])('are read as they were written: %s', (parameters) => {
    const content = withParameters(parameters);
    const read = parsePromptFile(
      formatPromptFile({ ...ABOUT, checksumHash: computeChecksum(content), content }),
    ).content;
    expect(writeJson(read.extras?.tools?.[0]?.function.parameters)).toBe(parameters);
    expect(computeChecksum(read)).toBe(computeChecksum(content));
  });

  it('have the numbers and the keys of the file, where a person wrote it', () => {
    const file = `---
tools:
  - type: function
    function:
      name: find
      parameters: &all
        properties: { z: { maximum: 1.10 }, 10: { const: 0x10 }, 9: { const: .5 } }
  - type: function
    function: { name: other, parameters: *all }
---
Find`;
    const [first, other] = parsePromptFile(file).content.extras?.tools ?? [];
    const expected = '{"properties":{"z":{"maximum":1.10},"10":{"const":16},"9":{"const":0.5}}}';
    expect(writeJson(first?.function.parameters)).toBe(expected);
    expect(writeJson(other?.function.parameters)).toBe(expected);
  });

  it('are refused where they contain themselves', () => {
    const file = (parameters: string) =>
      `---\ntools: [{ type: function, function: { name: f, parameters: &a { x: ${parameters} } } }]\n---\nx`;
    expect(() => parsePromptFile(file('[*a, *a]'))).toThrow();
  });
});
