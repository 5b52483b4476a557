import fc from 'fast-check';
import { checksumOf, type PromptContent } from '../../templating/index.js';
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
  checksumHash: checksumOf(content),
  content,
  ...more,
});

describe('a prompt file', () => {
  it('reads as one would write it', () => {
    const content = text('Hello {{name}},\n\nwelcome!');
    expect(formatPromptFile(exported(content))).toBe(`---
# version 3, checksum ${checksumOf(content)}
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
    ['---\nname: a\nname: b\n---\n', 3, 'The front matter is no YAML: Map keys must be unique'],
    ['---\na: [\n---\n', 3, 'The front matter is no YAML'],
    ['---\na: *b\n---\n', 1, 'The front matter is no YAML: Unresolved alias'],
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
  const content: fc.Arbitrary<PromptContent> = fc.oneof(
    odd.map(text),
    fc
      .array(fc.record({ role, content: odd }, { noNullPrototype: true }), { minLength: 1, maxLength: 4 })
      .map((messages): PromptContent => ({ kind: 'chat', messages })),
  );
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
        expect(checksumOf(read.content)).toBe(checksumOf(original));
        expect({
          ...read,
          description: read.description ?? null,
          ownerTeam: read.ownerTeam ?? null,
          tags: read.tags ?? [],
        }).toMatchObject({ ...more, content: original });
        // And once more the same bytes.
        expect(formatPromptFile(exported(read.content, more))).toBe(file);
      }),
      { numRuns: 300 },
    );
  });
});
