import type { Execution } from '@prompt-ledger/client';
import { compactJson } from '../../../api/json-text';
import { count, dollars, duration, shortHash } from '../../../ui/text/format';

/** A fact of two executions. */
export interface Difference {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly isSame: boolean;
}

/** Stands for a fact that an execution does not have. */
export const NONE = '–';
/** Differences between longer values are shown by word. */
const MOST_CHARS = 120;
const words = (text: string | null) => text?.replaceAll('_', ' ') ?? NONE;
const tokens = (value: number | null) => (value === null ? NONE : count(value));

/** Lists what was requested: prompt, version, variables, model, params, and the price that was applied. */
export function listAsked(before: Execution, after: Execution): readonly Difference[] {
  const compare = comparing(before, after);
  return [
    compare('Prompt', ({ prompt_name: name }) => name ?? NONE),
    compare('Version', ({ version_number: number }) => (number === null ? NONE : `v${number}`)),
    compare('Checksum', ({ checksum_hash: hash }) => (hash === null ? NONE : shortHash(hash))),
    ...compareMembers('variables', before.variables ?? {}, after.variables ?? {}),
    compare('Model', ({ model }) => `${model.provider}/${model.model_name}`),
    compare('Route', ({ route }) => route ?? NONE),
    ...compareMembers('params', { ...before.params }, { ...after.params }),
    compare('Environment', ({ environment }) => environment),
    compare('Price', ({ price_id: id }) => id ?? NONE),
  ];
}

/** Lists the outcomes: status, cost, time, tokens. */
export function listOutcomes(before: Execution, after: Execution): readonly Difference[] {
  const compare = comparing(before, after);
  return [
    compare('Status', ({ status }) => status),
    compare('Error', ({ error_type: error }) => words(error)),
    compare('Finish reason', ({ finish_reason: reason }) => words(reason)),
    compare('Fits its schema', ({ output_valid: valid = null }) =>
      valid === null ? NONE : valid ? 'yes' : 'no',
    ),
    compare('Attempts', ({ attempts }) => String(attempts.length)),
    compare('Cost', ({ cost_usd: cost }) => dollars(cost)),
    compare('Latency', ({ telemetry }) => duration(telemetry.latency_ms)),
    compare('Tokens sent', ({ telemetry }) => tokens(telemetry.prompt_tokens)),
    compare('Tokens answered', ({ telemetry }) => tokens(telemetry.response_tokens)),
    compare('From the cache', ({ cached_from: id }) => id ?? NONE),
  ];
}

function comparing(before: Execution, after: Execution) {
  return (name: string, read: (execution: Execution) => string): Difference => {
    const [one, other] = [read(before), read(after)];
    return { name, before: one, after: other, isSame: one === other };
  };
}

/** Compares every member of either object, with its original digits. */
function compareMembers(
  of: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => before[name] != null || after[name] != null)
    .map((name) => ({
      name: `${of}.${name}`,
      before: toText(before[name]),
      after: toText(after[name]),
      isSame: compactJson(before[name] ?? null) === compactJson(after[name] ?? null),
    }));
}

function toText(value: unknown): string {
  if (value == null) return NONE;
  const text = typeof value === 'string' ? value : compactJson(value);
  return text.length <= MOST_CHARS ? text : `${text.slice(0, MOST_CHARS)}…`;
}
