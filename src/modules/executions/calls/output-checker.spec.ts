import { type CheckedAnswer, OutputChecker } from './output-checker.js';

const SCHEMA = {
  type: 'object',
  required: ['order'],
  properties: {
    order: { type: 'object', properties: { id: { type: 'integer' }, 'a/b': { type: 'string' } } },
  },
  additionalProperties: false,
};

function check(text: string, more: Partial<CheckedAnswer> = {}, schema: object = SCHEMA) {
  const answer = { text, truncated: false, finishReason: 'stop', hasToolCalls: false, ...more };
  return new OutputChecker().check(schema as Record<string, unknown>, answer);
}

describe('checking an answer', () => {
  it('finds one that fits valid', async () => {
    expect(await check('{"order":{"id":7}}')).toEqual({ valid: true });
    expect(await check(' \n{"order":{}}\n')).toEqual({ valid: true });
  });

  it.each<[string, string, string]>([
    ['a wrong type', '{"order":{"id":"7"}}', '/order/id'],
    ['a key that is written with a slash', '{"order":{"a/b":7}}', '/order/a~1b'],
    ['another type altogether', '[]', ''],
  ])('points at %s', async (_, text, pointer) => {
    expect(await check(text)).toMatchObject({
      valid: false,
      pointer,
      message: expect.stringMatching(/\w/) as string,
    });
  });

  it.each<[string, string, Partial<CheckedAnswer>, string]>([
    ['a refusal', 'I cannot help with that.', { finishReason: 'content_filter' }, 'is not JSON'],
    ['JSON in a fence', '```json\n{"order":{}}\n```', {}, 'is not JSON'],
    ['one that was cut', '{"order":{"id":', { finishReason: 'length' }, 'is not JSON: it was cut'],
    ['nothing', '', {}, 'is empty'],
    [
      'one that is kept in part',
      '{"order":{}}',
      { truncated: true },
      'is longer than what is kept of an answer, and was cut',
    ],
  ])('finds %s invalid as a whole', async (_, text, more, message) => {
    expect(await check(text, more)).toEqual({ valid: false, pointer: '', message });
  });

  it('says nothing of calls of tools without a text', async () => {
    expect(await check('', { hasToolCalls: true })).toBeNull();
    expect(await check('{"order":1}', { hasToolCalls: true })).toMatchObject({
      valid: false,
      pointer: '/order',
    });
  });

  it('says nothing by a schema that is none, or is not understood', async () => {
    expect(await check('{}', {}, { type: 'text' })).toBeNull();
    expect(await check('{}', {}, { $ref: 'https://example.com/schema.json' })).toBeNull();
  });

  it('has a verdict on answers that are nested very deeply', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(await check(deep, {}, { type: 'array' })).toMatchObject({ valid: expect.any(Boolean) as boolean });
    expect(
      await check(
        deep,
        {},
        { $defs: { a: { type: 'array', items: { $ref: '#/$defs/a' } } }, $ref: '#/$defs/a' },
      ),
    ).toMatchObject({ valid: false });
  });

  it('asks the same checker again, also for a schema that was read anew', async () => {
    const checker = new OutputChecker();
    const answer = { text: '{"order":1}', truncated: false, finishReason: null, hasToolCalls: false };
    const first = await checker.check(SCHEMA, answer);
    expect(await checker.check(structuredClone(SCHEMA), answer)).toEqual(first);
    expect(await checker.check(SCHEMA, answer)).toEqual(first);
  });
});
