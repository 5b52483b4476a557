import { toMicrosPerMtok, type TokenPrices } from '../../../../kernel/index.js';
import { MODEL_NAME, PROVIDER_ID } from '../../model-param.pipes.js';

/** A model's price in a file, without a time. */
export interface FilePrice extends TokenPrices {
  readonly provider: string;
  readonly modelName: string;
}

export type ReadEntry = { readonly price: FilePrice } | { readonly reason: string };

/** Returns the exact text of a field of the entry in the file; null if it has none. */
export type FieldSource = (field: string) => string | null;

/** Modes for which the file prices text input and output. */
const TEXT_MODES: readonly unknown[] = ['chat', 'completion', 'responses'];
/** The file's provider names that differ from ours. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['azure', 'azure-openai'],
  ['gemini', 'google'],
  ['text-completion-openai', 'openai'],
]);
/** Matches higher prices for longer prompts. The other prices apply up to that length. */
const LONG_PROMPT =
  /^(?:input_cost_per_token|output_cost_per_token|cache_read_input_token_cost)_above_(\d{1,6})k_tokens/;

/**
 * Reads one entry of LiteLLM's price file. Its figures are floats of dollars per token, and are read from their text. Entries that are not
 * exact are skipped, because a nearly correct cost is wrong.
 */
export function readLitellmEntry(name: string, entry: unknown, sourceOf: FieldSource): ReadEntry {
  if (typeof entry !== 'object' || entry === null) return { reason: 'is not an object' };
  const fields = entry as Readonly<Record<string, unknown>>;
  const { litellm_provider: vendor } = fields;
  if (typeof vendor !== 'string') return { reason: 'has no litellm_provider' };
  if (!TEXT_MODES.includes(fields['mode'])) return { reason: 'its mode is neither chat nor completion' };
  const provider = PROVIDERS.get(vendor) ?? vendor.replaceAll('_', '-');
  const modelName = name.startsWith(`${vendor}/`) ? name.slice(vendor.length + 1) : name;
  if (!PROVIDER_ID.test(provider)) return { reason: 'its litellm_provider cannot be the id of a provider' };
  if (!MODEL_NAME.test(modelName)) return { reason: 'its name cannot be the name of a model' };
  return readFigures(new Figures(fields, sourceOf), {
    provider,
    modelName,
    maxPromptTokens: longestPrompt(fields),
  });
}

type Named = Pick<FilePrice, 'provider' | 'modelName' | 'maxPromptTokens'>;

function readFigures(figures: Figures, named: Named): ReadEntry {
  const inputMicrosPerMtok = figures.require('input_cost_per_token');
  const outputMicrosPerMtok = figures.require('output_cost_per_token');
  const cachedInputMicrosPerMtok = figures.find('cache_read_input_token_cost');
  const reasoning = figures.find('output_cost_per_reasoning_token') ?? outputMicrosPerMtok;
  if (figures.fault !== null) return { reason: figures.fault };
  if (figures.has('tiered_pricing')) return { reason: 'has tiered_pricing' };
  if (reasoning !== outputMicrosPerMtok) return { reason: 'prices reasoning apart from other output' };
  return { price: { ...named, inputMicrosPerMtok, cachedInputMicrosPerMtok, outputMicrosPerMtok } };
}

/** Reads figures, and records the first fault. */
class Figures {
  fault: string | null = null;

  constructor(
    private readonly fields: Readonly<Record<string, unknown>>,
    private readonly sourceOf: FieldSource,
  ) {}

  has(field: string): boolean {
    return this.fields[field] !== undefined && this.fields[field] !== null;
  }

  find(field: string): bigint | null {
    if (!this.has(field)) return null;
    const micros =
      typeof this.fields[field] === 'number' ? toMicrosPerMtok(this.sourceOf(field) ?? '') : null;
    if (micros === null) {
      this.fault ??= `its ${field} is not a whole number of micro-dollars for a million tokens, from 0 to $2,000`;
    }
    return micros;
  }

  /** The result is meaningless if there is a fault. */
  require(field: string): bigint {
    if (!this.has(field)) this.fault ??= `has no ${field}`;
    return this.find(field) ?? 0n;
  }
}

function longestPrompt(fields: Readonly<Record<string, unknown>>): number | null {
  const limits = Object.entries(fields).flatMap(([field, value]) => {
    const thousands = value === null ? undefined : LONG_PROMPT.exec(field)?.[1];
    return thousands === undefined ? [] : [Number(thousands) * 1000];
  });
  return limits.length === 0 ? null : Math.min(...limits);
}
