import { parseMicroUsd } from '../../../kernel/index.js';
import type { NewPrice } from './price-records.js';

/** A line of a price list, in dollars per million tokens: prompt, cached prompt (null: same as prompt), response. */
type Line = readonly [
  model: string,
  input: string,
  cachedInput: string | null,
  output: string,
  terms?: Terms,
];

interface Terms {
  /** The prices apply to prompts of at most this many tokens. */
  readonly maxPromptTokens?: number;
  /** The day on which the prices begin or end, as announced by the vendor. */
  readonly validFrom?: string;
  readonly validTo?: string;
}

/** Lines from a vendor's page on a certain day, assumed to be valid from that day on. */
function page(provider: string, title: string) {
  return (asOf: string, lines: readonly Line[]): NewPrice[] =>
    lines.map(([modelName, input, cachedInput, output, terms = {}]) => ({
      provider,
      modelName,
      inputMicrosPerMtok: toMicros(input),
      cachedInputMicrosPerMtok: cachedInput === null ? null : toMicros(cachedInput),
      outputMicrosPerMtok: toMicros(output),
      maxPromptTokens: terms.maxPromptTokens ?? null,
      validFrom: toMidnight(terms.validFrom ?? asOf),
      validTo: terms.validTo === undefined ? null : toMidnight(terms.validTo),
      source: `${title}, as of ${asOf}`,
    }));
}

function toMicros(usd: string): bigint {
  const micros = parseMicroUsd(usd);
  if (micros === null) throw new TypeError(`"${usd}" is no price`);
  return micros;
}

function toMidnight(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

const openai = page('openai', 'OpenAI, API pricing page');
const anthropic = page('anthropic', 'Anthropic, Claude pricing page');
const google = page('google', 'Google, Gemini API pricing page');
const mistral = page('mistral', 'Mistral AI, API pricing page');
const groq = page('groq', 'Groq, pricing page');
const together = page('together', 'Together AI, pricing page');

/**
 * The prices of `npm run seed:models`: list prices of standard text requests, in US dollars without tax. Vendors change them, so import a
 * price file or add prices to stay current. A model without certain figures is left out: an unknown cost is better than a nearly correct
 * one.
 *
 * If long prompts cost more, these are the prices of shorter ones. Anthropic's surcharge for cache writes is not included, because nothing
 * is written there unless a request asks for it.
 */
export const PRICE_CATALOGUE: readonly NewPrice[] = [
  ...openai('2025-08-07', [
    ['gpt-4o', '2.5', '1.25', '10'],
    ['gpt-4o-mini', '0.15', '0.075', '0.6'],
    ['gpt-4-turbo', '10', null, '30'],
    ['gpt-4', '30', null, '60'],
    ['gpt-3.5-turbo', '0.5', null, '1.5'],
    ['gpt-4.1', '2', '0.5', '8'],
    ['o3', '2', '0.5', '8'],
    ['gpt-4.1-mini', '0.4', '0.1', '1.6'],
    ['gpt-4.1-nano', '0.1', '0.025', '0.4'],
    ['o1', '15', '7.5', '60'],
    ['o3-mini', '1.1', '0.55', '4.4'],
    ['o4-mini', '1.1', '0.275', '4.4'],
    ['gpt-5', '1.25', '0.125', '10'],
    ['gpt-5-mini', '0.25', '0.025', '2'],
    ['gpt-5-nano', '0.05', '0.005', '0.4'],
  ]),
  ...openai('2025-11-13', [['gpt-5.1', '1.25', '0.125', '10']]),
  ...openai('2025-12-11', [['gpt-5.2', '1.75', '0.175', '14']]),
  ...openai('2026-05-04', [
    ['gpt-5.4', '2.5', '0.25', '15', { maxPromptTokens: 272_000 }],
    ['gpt-5.4-mini', '0.75', '0.075', '4.5'],
    ['gpt-5.4-nano', '0.2', '0.02', '1.25'],
  ]),
  ...openai('2026-08-01', [
    ['gpt-5.6-sol', '5', '0.5', '30', { maxPromptTokens: 272_000 }],
    ['gpt-5.6-terra', '2', '0.2', '12', { maxPromptTokens: 272_000 }],
    ['gpt-5.6-luna', '0.2', '0.02', '1.2', { maxPromptTokens: 272_000 }],
  ]),
  ...anthropic('2026-10-24', [
    ['claude-fable-5-1', '10', '0.25', '50'],
    ['claude-fable-5', '10', '1', '50'],
    ['claude-opus-5-5', '4', '0.2', '20'],
    ['claude-opus-5', '5', '0.5', '25'],
    ['claude-opus-4-8', '5', '0.5', '25'],
    ['claude-opus-4-7', '5', '0.5', '25'],
    ['claude-opus-4-6', '5', '0.5', '25'],
    ['claude-opus-4-5', '5', '0.5', '25'],
    ['claude-opus-4-5-20251101', '5', '0.5', '25'],
    ['claude-sonnet-5-5', '2', '0.1', '10'],
    ['claude-sonnet-5', '2', '0.2', '10'],
    ['claude-sonnet-4-6', '3', '0.3', '15', { maxPromptTokens: 200_000 }],
    ['claude-sonnet-4-5', '3', '0.3', '15', { maxPromptTokens: 200_000 }],
    ['claude-sonnet-4-5-20250929', '3', '0.3', '15', { maxPromptTokens: 200_000 }],
    ['claude-haiku-5-5', '0.1', '0.01', '0.5', { maxPromptTokens: 100_000 }],
    ['claude-haiku-4-5', '1', '0.1', '5'],
    ['claude-haiku-4-5-20251001', '1', '0.1', '5'],
  ]),
  ...google('2026-10-07', [
    ['gemini-3.1-pro-preview', '2', '0.2', '12', { maxPromptTokens: 200_000 }],
    ['gemini-2.5-pro', '1.25', '0.125', '10', { maxPromptTokens: 200_000 }],
    ['gemini-3.8-flash', '0.75', '0.075', '3.75', { validTo: '2027-01-01' }],
    ['gemini-3.8-flash', '1.5', '0.15', '7.5', { validFrom: '2027-01-01' }],
    ['gemini-3.5-flash', '1.5', '0.15', '9'],
    ['gemini-3.5-flash-lite', '0.3', '0.03', '2.5'],
    ['gemini-2.5-flash', '0.3', '0.03', '2.5'],
    ['gemini-2.5-flash-lite', '0.1', '0.01', '0.4'],
  ]),
  ...mistral('2026-05-22', [['mistral-medium-3-5', '1.5', null, '7.5']]),
  ...mistral('2025-12-02', [['mistral-large-2512', '0.5', null, '1.5']]),
  ...mistral('2025-08-12', [
    ['mistral-medium-2508', '0.4', null, '2'],
    ['mistral-large-2411', '2', null, '6'],
    ['mistral-small-2506', '0.1', null, '0.3'],
    ['codestral-2508', '0.3', null, '0.9'],
    ['ministral-8b-2410', '0.1', null, '0.1'],
  ]),
  ...groq('2026-07-01', [
    ['llama-3.3-70b-versatile', '0.59', null, '0.79'],
    ['llama-3.1-8b-instant', '0.05', null, '0.08'],
    ['openai/gpt-oss-120b', '0.15', null, '0.6'],
  ]),
  ...together('2025-10-01', [['meta-llama/Llama-3.3-70B-Instruct-Turbo', '0.88', null, '0.88']]),
];
