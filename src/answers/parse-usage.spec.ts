import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { findUsage, parseUsage } from './parse-usage.js';

interface Documented {
  readonly name: string;
  readonly usage: Readonly<Record<string, unknown>>;
  readonly counts: readonly (number | null)[];
}

const FILE = join(__dirname, '../../test/fixtures/usage/usage.json');
const DOCUMENTED = JSON.parse(readFileSync(FILE, 'utf8')) as Documented[];

/** Returns prompt, response, cached and reasoning tokens. */
function countsOf(usage: unknown): (number | null)[] {
  const { promptTokens, responseTokens, cachedPromptTokens, reasoningTokens } = parseUsage(usage);
  return [promptTokens, responseTokens, cachedPromptTokens, reasoningTokens];
}

describe('parseUsage', () => {
  it.each(DOCUMENTED.map(({ name, usage, counts }) => [name, usage, counts] as const))(
    'reads that of %s',
    (_name, usage, counts) => {
      expect(countsOf(usage)).toEqual(counts);
    },
  );

  it.each<[string, unknown, (number | null)[]]>([
    ['nothing', undefined, [null, null, null, null]],
    ['null', null, [null, null, null, null]],
    ['a list', [1, 2], [null, null, null, null]],
    ['a text', '{"prompt_tokens": 1}', [null, null, null, null]],
    ['an empty object', {}, [null, null, null, null]],
    ['nulls', { prompt_tokens: null, completion_tokens: null, total_tokens: null }, [null, null, null, null]],
    [
      'numbers in texts',
      { prompt_tokens: '12', completion_tokens: '9', total_tokens: 21 },
      [null, null, null, null],
    ],
    ['negative numbers', { prompt_tokens: -1, completion_tokens: 9, total_tokens: 8 }, [null, 9, null, null]],
    ['fractions', { prompt_tokens: 12.5, completion_tokens: 9 }, [null, 9, null, null]],
    [
      'more than any model reads',
      { prompt_tokens: 2 ** 31, completion_tokens: 1e308 },
      [null, null, null, null],
    ],
    [
      'a number of a kind of its own',
      { prompt_tokens: { value: 3 }, completion_tokens: true },
      [null, null, null, null],
    ],
    [
      'a sum that is too large',
      { input_tokens: 2 ** 31 - 1, cache_read_input_tokens: 5, output_tokens: 1 },
      [null, 1, 5, null],
    ],
    ['a total without its parts', { total_tokens: 100 }, [null, null, null, null]],
    ['a total of an embedding', { prompt_tokens: 8, total_tokens: 8 }, [8, null, null, null]],
    ['zeros that were said', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, [0, 0, null, null]],
    [
      'a total that is too small',
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 0 },
      [10, 5, null, null],
    ],
    [
      'a total that is wrong by far',
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 2_000_000_000 },
      [10, 5, null, null],
    ],
    [
      'details that are a list',
      { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: [] },
      [10, 5, null, null],
    ],
    [
      'a cache that is larger than its prompt, which the total says again',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 50 },
      },
      [10, 5, null, null],
    ],
    [
      'a zero in the place that the gateway does not fill',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 0 },
        prompt_cache_hit_tokens: 8,
      },
      [10, 5, 8, null],
    ],
    [
      'reasoning of a negative number',
      { prompt_tokens: 1, completion_tokens: 2, reasoning_tokens: -5 },
      [1, 2, null, null],
    ],
    ['Gemini with nulls', { promptTokenCount: null, candidatesTokenCount: '7' }, [null, null, null, null]],
    [
      'Gemini without thoughts',
      { promptTokenCount: 8, candidatesTokenCount: 9, totalTokenCount: 17 },
      [8, 9, null, null],
    ],
  ])('takes %s for what it is', (_what, usage, counts) => {
    expect(countsOf(usage)).toEqual(counts);
  });

  it('says numbers of which each part is within its whole, whatever it is given', () => {
    const value = fc.oneof(
      fc.integer({ min: -5, max: 5_000 }),
      fc.constantFrom(null, '3', 2 ** 31, 1.5, true),
    );
    const names = [
      ...['prompt_tokens', 'completion_tokens', 'total_tokens', 'input_tokens', 'output_tokens'],
      ...['cached_tokens', 'reasoning_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'],
      ...['promptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount', 'totalTokenCount'],
    ];
    const usages = fc.dictionary(fc.constantFrom(...names), value);
    fc.assert(
      fc.property(usages, (usage) => {
        const [prompt, response, cached, reasoning] = countsOf(usage).map((count) => count ?? null);
        for (const count of [prompt, response, cached, reasoning]) {
          expect(count == null || (Number.isInteger(count) && count >= 0 && count < 2 ** 31)).toBe(true);
        }
        if (prompt != null && cached != null) expect(cached).toBeLessThanOrEqual(prompt);
        if (response != null && reasoning != null) expect(reasoning).toBeLessThanOrEqual(response);
      }),
    );
  });
});

describe('findUsage', () => {
  const usage = { prompt_tokens: 1, completion_tokens: 2 };

  it.each<[string, unknown]>([
    ['OpenAI', { usage }],
    ['Groq', { x_groq: { id: 'req_1', usage } }],
    ['Moonshot', { choices: [{ delta: {}, finish_reason: 'stop', usage }] }],
    ['Gemini', { candidates: [], usageMetadata: usage }],
    ['a gateway that leaves the usual place empty', { usage: null, x_groq: { usage } }],
  ])('finds it where %s has it', (_who, answer) => {
    expect(findUsage(answer)).toBe(usage);
  });

  it.each([null, 'usage', [], {}, { usage: null }, { usage: 'none' }, { choices: null }, { x_groq: 7 }])(
    'finds none in %j',
    (answer) => {
      expect(findUsage(answer)).toBeNull();
    },
  );
});
