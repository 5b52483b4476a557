import { readJsonText } from '../../../../kernel/index.js';
import { type ReadEntry, readLitellmEntry } from './litellm-prices.js';

const CHAT = '"litellm_provider":"acme","mode":"chat"';

/** Reads the entry from its text, as in a request. */
function read(entry: string, name = 'model'): ReadEntry {
  const text = readJsonText(entry, { maxDepth: 8 });
  return readLitellmEntry(name, text.value, (field) => text.findSource(field));
}

const priced = (figures: string, name?: string) => read(`{${CHAT},${figures}}`, name);

describe('an entry of a LiteLLM price file', () => {
  it('has its figures from their text, not from the floats that they become', () => {
    const figures =
      '"input_cost_per_token":1.5e-07,"output_cost_per_token":0.0000006,"cache_read_input_token_cost":7.5E-8';
    expect(priced(figures)).toEqual({
      price: {
        provider: 'acme',
        modelName: 'model',
        inputMicrosPerMtok: 150_000n,
        cachedInputMicrosPerMtok: 75_000n,
        outputMicrosPerMtok: 600_000n,
        maxPromptTokens: null,
      },
    });
    // Floats cannot tell these two apart.
    expect(Number('1.50000000000000003e-07')).toBe(1.5e-7);
    expect(priced('"input_cost_per_token":1.50000000000000003e-07,"output_cost_per_token":1e-06')).toEqual({
      reason: expect.stringContaining(
        'its input_cost_per_token is not a whole number of micro-dollars',
      ) as string,
    });
  });

  it.each([
    ['openai', 'gpt-4o', 'openai', 'gpt-4o'],
    ['openai', 'openai/gpt-4o', 'openai', 'gpt-4o'],
    ['gemini', 'gemini/gemini-2.5-pro', 'google', 'gemini-2.5-pro'],
    ['azure', 'azure/eu/gpt-4o', 'azure-openai', 'eu/gpt-4o'],
    ['together_ai', 'together_ai/meta-llama/Llama-3', 'together-ai', 'meta-llama/Llama-3'],
    ['groq', 'groq/openai/gpt-oss-120b', 'groq', 'openai/gpt-oss-120b'],
  ])('of %s, %s, is of provider %s and model %s', (vendor, name, provider, modelName) => {
    const entry = `{"litellm_provider":"${vendor}","mode":"chat","input_cost_per_token":0,"output_cost_per_token":0}`;
    expect(read(entry, name)).toMatchObject({ price: { provider, modelName } });
  });

  it('with dearer prices of long prompts holds for short ones', () => {
    const figures =
      '"input_cost_per_token":1e-6,"output_cost_per_token":1e-6,"input_cost_per_token_above_272k_tokens":2e-6,' +
      '"output_cost_per_token_above_200k_tokens":2e-6,"input_cost_per_token_above_128k_tokens":null';
    expect(priced(figures)).toMatchObject({
      price: { maxPromptTokens: 200_000, inputMicrosPerMtok: 1_000_000n },
    });
  });

  it.each([
    ['null', 'is not an object'],
    ['7', 'is not an object'],
    ['[]', 'has no litellm_provider'],
    ['{"mode":"chat"}', 'has no litellm_provider'],
    ['{"litellm_provider":"openai","mode":"embedding"}', 'its mode is neither chat nor completion'],
    ['{"litellm_provider":"openai"}', 'its mode is neither chat nor completion'],
    ['{"litellm_provider":"Two Words","mode":"chat"}', 'its litellm_provider cannot be the id of a provider'],
    [`{${CHAT}}`, 'has no input_cost_per_token'],
    [`{${CHAT},"input_cost_per_token":1e-6}`, 'has no output_cost_per_token'],
    [`{${CHAT},"input_cost_per_token":1e-6,"output_cost_per_token":null}`, 'has no output_cost_per_token'],
    [
      `{${CHAT},"input_cost_per_token":-1e-6,"output_cost_per_token":1e-6}`,
      'its input_cost_per_token is not',
    ],
    [
      `{${CHAT},"input_cost_per_token":"1e-6","output_cost_per_token":1e-6}`,
      'its input_cost_per_token is not',
    ],
    [`{${CHAT},"input_cost_per_token":{},"output_cost_per_token":1e-6}`, 'its input_cost_per_token is not'],
    [`{${CHAT},"input_cost_per_token":1e-6,"output_cost_per_token":1}`, 'its output_cost_per_token is not'],
    [
      `{${CHAT},"input_cost_per_token":1e-6,"output_cost_per_token":1e-6,"cache_read_input_token_cost":1e-13}`,
      'its cache_read_input_token_cost is not',
    ],
    [
      `{${CHAT},"input_cost_per_token":1e-6,"output_cost_per_token":1e-6,"output_cost_per_reasoning_token":2e-6}`,
      'prices reasoning apart from other output',
    ],
    [
      `{${CHAT},"input_cost_per_token":1e-6,"output_cost_per_token":1e-6,"tiered_pricing":[]}`,
      'has tiered_pricing',
    ],
  ])('is skipped with the reason: %s', (entry, reason) => {
    expect(read(entry)).toEqual({ reason: expect.stringContaining(reason) as string });
  });

  it('is skipped when nothing here could have its name', () => {
    for (const name of ['', 'two words', 'acme/', 'é', 'x'.repeat(201)]) {
      expect(priced('"input_cost_per_token":0,"output_cost_per_token":0', name)).toEqual({
        reason: 'its name cannot be the name of a model',
      });
    }
  });
});
