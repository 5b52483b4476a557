import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { computeChecksum } from '../index.js';
import type { ChatMessage, JsonSchema, PromptContent } from '../index.js';

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

describe('checksumOf', () => {
  it('of a text prompt is the SHA-256 of its template', () => {
    expect(computeChecksum({ kind: 'text', templateSource: '' })).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    const templateSource = 'Summarize:\r\n{{text}} é😀';
    expect(computeChecksum({ kind: 'text', templateSource })).toBe(sha256(templateSource));
  });

  it('of a chat prompt is that of a tag and its RFC 8785 JSON', () => {
    const messages: ChatMessage[] = [{ role: 'system', content: 'a "b"\n€' }];
    const json = '{"messages":[{"content":"a \\"b\\"\\n€","role":"system"}]}';
    expect(computeChecksum({ kind: 'chat', messages })).toBe(sha256(`prompt-ledger/content/1\n${json}`));
  });

  it('does not depend on the order or number of members, but on that of messages', () => {
    const user: ChatMessage = { role: 'user', content: 'u' };
    const system: ChatMessage = { content: 's', role: 'system' };
    const extended = { ...system, extra: 1 } as ChatMessage;
    const known = computeChecksum({ kind: 'chat', messages: [system, user] });
    expect(computeChecksum({ kind: 'chat', messages: [extended, { content: 'u', role: 'user' }] })).toBe(
      known,
    );
    expect(computeChecksum({ kind: 'chat', messages: [user, system] })).not.toBe(known);
  });

  it('keeps a chat prompt apart from the text that is the same JSON', () => {
    const templateSource = '{"messages":[]}';
    expect(computeChecksum({ kind: 'chat', messages: [] })).not.toBe(
      computeChecksum({ kind: 'text', templateSource }),
    );
  });

  /** Computed by another program: `printf '%b' 'prompt-ledger/content/1\n{…}' | sha256sum`, with the JSON beside each. */
  const counted: [string, PromptContent, string][] = [
    [
      // {"messages":[{"content":"Hi","role":"user"}]}
      'a chat prompt',
      { kind: 'chat', messages: [{ role: 'user', content: 'Hi' }] },
      'd911e90d4ee298287cc1c252dcd010136719c55da9bbb82f004c0710cb60d8f1',
    ],
    [
      // {"template_source":"Find {{order}}","tools":[{"function":{"description":"Finds an order","name":"find_order","parameters":{"properties":{"number":{"minimum":1,"type":"integer"}},"required":["number"],"type":"object"},"strict":true},"type":"function"}]}
      'a text prompt with a tool',
      {
        kind: 'text',
        templateSource: 'Find {{order}}',
        extras: {
          tools: [
            {
              type: 'function',
              function: {
                name: 'find_order',
                description: 'Finds an order',
                parameters: {
                  type: 'object',
                  properties: { number: { type: 'integer', minimum: 1.0 } },
                  required: ['number'],
                },
                strict: true,
              },
            },
          ],
        },
      },
      '72100ebef32c3d59876e315616b8c5316ef38b6ac75ceb2377314a2263daedc8',
    ],
    [
      // {"messages":[{"content":"Hi","role":"user"}],"parallel_tool_calls":false,"response_format":{"json_schema":{"name":"order","schema":{}},"type":"json_schema"},"tool_choice":{"function":{"name":"a"},"type":"function"},"tools":[{"function":{"name":"a"},"type":"function"}]}
      'a chat prompt with everything',
      {
        kind: 'chat',
        messages: [{ role: 'user', content: 'Hi' }],
        extras: {
          tools: [{ type: 'function', function: { name: 'a' } }],
          toolChoice: { type: 'function', function: { name: 'a' } },
          parallelToolCalls: false,
          responseFormat: { type: 'json_schema', json_schema: { name: 'order', schema: {} } },
        },
      },
      '96785a64d406fe8b84cfd66cf2c7d229eb20bb8fa326cd99e78e7be7150df965',
    ],
    [
      // {"response_format":{"type":"json_object"},"template_source":""}
      'an empty text prompt with a response format',
      { kind: 'text', templateSource: '', extras: { responseFormat: { type: 'json_object' } } },
      '97e5570dd97295b0bb22e51052313cefe8662309bb55be3310ab3ae1fead1242',
    ],
  ];

  it.each(counted)('of %s is what another program counts', (_what, content, checksum) => {
    expect(computeChecksum(content)).toBe(checksum);
  });

  it('of a text prompt with extras that hold nothing is still that of its template', () => {
    expect(computeChecksum({ kind: 'text', templateSource: 'a', extras: {} })).toBe(sha256('a'));
  });

  it('depends on every part of the extras, and not on the order of keys', () => {
    const schema = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true });
    fc.assert(
      fc.property(schema, schema, (a, b) => {
        const of = (parameters: JsonSchema) =>
          computeChecksum({
            kind: 'text',
            templateSource: 't',
            extras: { tools: [{ type: 'function', function: { name: 'f', parameters } }] },
          });
        // RFC 8785 has only one zero.
        const isSame = isDeepStrictEqual(throughJson(a), throughJson(b));
        expect(of(a) === of(b)).toBe(isSame);
        expect(of(Object.fromEntries(Object.entries(a).reverse()))).toBe(of(a));
      }),
    );
  });
});

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
