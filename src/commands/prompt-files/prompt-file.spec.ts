import fc from 'fast-check';
import { computeChecksum, type ContentExtras, type PromptContent } from '../../templating/index.js';
import { type ExportedPrompt, formatPromptFile } from './format-prompt-file.js';
import { parsePromptFile } from './parse-prompt-file.js';

const text = (templateSource: string): PromptContent => ({ kind: 'text', templateSource });
const exported = (content: PromptContent, more: Partial<ExportedPrompt> = {}): ExportedPrompt => ({
  name: 'team/welcome',
  description: 'Says hello: to all',
  ownerTeam: null,
  tags: ['mail', 'no'],
  mode: 'full',
  versionNumber: 3,
  checksumHash: computeChecksum(content),
  content,
  ...more,
});

/** JSON.stringify writes -0 as 0. */
const withoutMinusZero = (value: number) => value + 0;

describe('a prompt file', () => {
  it('reads as one would write it', () => {
    const content = text('Hello {{name}},\n\nwelcome!');
    expect(formatPromptFile(exported(content))).toBe(`---
# version 3, checksum ${computeChecksum(content)}
name: team/welcome
description: "Says hello: to all"
tags:
  - mail
  - no
mode: full
---
Hello {{name}},

welcome!
`);
  });

  it('has the messages of a chat prompt in front', () => {
    const content: PromptContent = {
      kind: 'chat',
      messages: [
        { role: 'system', content: 'Be brief.\nAnd kind.\n' },
        { role: 'user', content: '{{question}}' },
      ],
    };
    const file = formatPromptFile(exported(content));
    expect(file).toContain(`messages:
  - role: system
    content: |
      Be brief.
      And kind.
  - role: user
    content: "{{question}}"
---
`);
    expect(parsePromptFile(file).content).toEqual(content);
  });

  it('has tools and the response format in front, in the form of the API', () => {
    const tool = {
      name: 'find_order',
      parameters: { type: 'object', properties: { no: { type: 'integer' } } },
    };
    const content: PromptContent = {
      ...text('Find {{order}}'),
      extras: {
        tools: [{ type: 'function', function: tool }],
        toolChoice: 'auto',
        parallelToolCalls: false,
        responseFormat: { type: 'json_object' },
      },
    };
    const file = formatPromptFile(exported(content));
    expect(file).toContain(`mode: full
tools:
  - type: function
    function:
      name: find_order
      parameters:
        type: object
        properties:
          no:
            type: integer
tool_choice: auto
parallel_tool_calls: false
response_format:
  type: json_object
---
Find {{order}}
`);
    expect(parsePromptFile(file).content).toEqual(content);
  });

  it('may be written by hand: all fields left out, other line ends, no line feed at the end', () => {
    expect(parsePromptFile('Hello {{name}}')).toEqual({
      name: null,
      mode: null,
      content: text('Hello {{name}}'),
      line: 1,
    });
    expect(parsePromptFile('---\r\nname: a\r\n---\r\nHello\r\nyou\r\n')).toMatchObject({
      name: 'a',
      content: text('Hello\r\nyou\r'),
      line: 4,
    });
    expect(parsePromptFile('\uFEFF---\n---\n\nHello')).toMatchObject({
      name: null,
      content: text('\nHello'),
      line: 3,
    });
    expect(parsePromptFile('---\nname: a\n---')).toMatchObject({ content: text('') });
    expect(parsePromptFile('---\ndescription: null\nversion_number: 7\n---\nx\n---\ny')).toMatchObject({
      description: null,
      content: text('x\n---\ny'),
    });
  });

  it.each([
    ['---\nname: a\n', 1, 'The front matter has no end'],
    ['---\nname: a\nname: b\n---\n', 3, 'The front matter is not valid YAML: Map keys must be unique'],
    ['---\na: [\n---\n', 3, 'The front matter is not valid YAML'],
    ['---\na: *b\n---\n', 1, 'The front matter is not valid YAML: Unresolved alias'],
    ['---\n- a\n---\n', 1, 'The front matter must be fields'],
    ['---\nowner: a\n---\n', 1, 'The front matter has an unknown field "owner"'],
    ['---\nname: a b\n---\n', 1, 'name must be 1 to 200 characters'],
    ['---\nname: 12\n---\n', 1, 'name must be 1 to 200 characters'],
    ['---\nmode: half\n---\n', 1, 'mode must be full or tracking'],
    ['---\ndescription: [a]\n---\n', 1, 'description must be text'],
    [`---\nowner_team: ${'a'.repeat(201)}\n---\n`, 1, 'owner_team has more than 200 characters'],
    ['---\ntags: a\n---\n', 1, 'tags must be a list'],
    ['---\ntags: [a, a]\n---\n', 1, 'tags has a word twice'],
    ['---\ntags: [1]\n---\n', 1, 'tags must be a list'],
    ['---\nmessages: []\n---\n', 1, 'messages must be a list'],
    ['---\nmessages: [{role: tool, content: a}]\n---\n', 1, 'messages[0] must be a role'],
    ['---\nmessages: [{role: user, content: a, name: b}]\n---\n', 1, 'messages[0] must be a role'],
    ['---\nmessages: [{role: user, content: a}]\n---\nx\n', 4, 'A prompt is either the text'],
    [
      '---\ntools: [{type: function, function: {name: a b}}]\n---\n',
      1,
      'tools/0/function/name must be 1 to 64',
    ],
    ['---\ntool_choice: auto\n---\n', 1, 'tool_choice needs tools'],
    [
      '---\nresponse_format: {type: json_schema, json_schema: {name: a, schema: {a: .inf}}}\n---\n',
      1,
      'response_format/json_schema/schema/a is not a finite number',
    ],
    [
      '---\ntools: [{type: function, function: {name: a, parameters: {__proto__: {a: 1}}}}]\n---\n',
      1,
      'tools/0/function/parameters/__proto__ is a key that is not allowed',
    ],
  ])('is refused with a line and a reason: %j', (source, line, message) => {
    expect(() => parsePromptFile(source)).toThrow(
      expect.objectContaining({ line, message: expect.stringContaining(message) as string }) as Error,
    );
  });
});

describe('the round trip', () => {
  const odd = fc.string({
    unit: fc.constantFrom(
      'a',
      ' ',
      '\n',
      '\r',
      '\t',
      '---',
      '\n---\n',
      '...',
      '#',
      ':',
      '- ',
      '|',
      '>',
      '"',
      "'",
      '{{x}}',
      '&',
      '*',
      '!',
      '%',
      '@',
      '`',
      '\u0085',
      '\u2028',
      '\u2029',
      '\uFEFF',
      '\u00A0',
      '\u007F',
      '\u001B',
      '😀',
      'null',
      '1',
      '~',
    ),
    maxLength: 12,
  });
  const role = fc.constantFrom('system', 'user', 'assistant');
  const templates: fc.Arbitrary<PromptContent> = fc.oneof(
    odd.map(text),
    fc
      .array(fc.record({ role, content: odd }, { noNullPrototype: true }), { minLength: 1, maxLength: 4 })
      .map((messages): PromptContent => ({ kind: 'chat', messages })),
  );
  const schema = fc.dictionary(
    fc.oneof(odd, fc.constantFrom('constructor', 'y', '<<', '1.0', '? a')),
    fc.oneof(
      odd,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(withoutMinusZero),
      fc.constant(null),
      fc.array(odd),
    ),
    { noNullPrototype: true },
  );
  const extras: fc.Arbitrary<ContentExtras> = fc
    .tuple(schema, fc.option(odd), fc.boolean())
    .map(([parameters, description, parallelToolCalls]) => ({
      tools: [
        {
          type: 'function',
          function: { name: 'null', ...(description === null ? {} : { description }), parameters },
        },
      ],
      toolChoice: { type: 'function', function: { name: 'null' } },
      parallelToolCalls,
      responseFormat: { type: 'json_schema', json_schema: { name: '1', schema: parameters } },
    }));
  const content = fc
    .tuple(templates, fc.option(extras))
    .map(([some, more]): PromptContent => (more === null ? some : { ...some, extras: more }));
  const about = fc.record(
    {
      name: fc.string({
        unit: fc.constantFrom('a', 'B', '1', '.', '-', '_', '/', 'null', '0x1', '1e3'),
        minLength: 1,
        maxLength: 20,
      }),
      description: fc.option(odd),
      ownerTeam: fc.option(odd),
      tags: fc.uniqueArray(
        odd.filter((tag) => tag !== ''),
        { maxLength: 3 },
      ),
      mode: fc.constantFrom('full' as const, 'tracking' as const),
    },
    { noNullPrototype: true },
  );

  it('gives the same prompt with the same checksum, whatever it says', () => {
    fc.assert(
      fc.property(content, about, (original, more) => {
        const file = formatPromptFile(exported(original, more));
        const read = parsePromptFile(file);
        expect(computeChecksum(read.content)).toBe(computeChecksum(original));
        expect({
          ...read,
          description: read.description ?? null,
          ownerTeam: read.ownerTeam ?? null,
          tags: read.tags ?? [],
        }).toMatchObject({ ...more, content: original });
        // Writing it again gives the same bytes.
        expect(formatPromptFile(exported(read.content, more))).toBe(file);
      }),
      { numRuns: 300 },
    );
  });
});
