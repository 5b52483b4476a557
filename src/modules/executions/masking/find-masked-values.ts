import { JsonSource, keepsText, keptText, parseJson } from '../../../kernel/index.js';
import { MASKED, ValueMask } from './value-mask.js';

/**
 * Finds what was masked in the record of an execution, by comparing it with the variables that were sent. The project's
 * settings may have changed since, so they do not count.
 * @param sentJson the JSON text of the variables as they were sent.
 * @param keptJson the JSON text of the variables as they were kept.
 */
export function findMaskedValues(sentJson: string, keptJson: string): ValueMask {
  const values = new Set<string>();
  compare(parseJson(sentJson), parseJson(keptJson), values);
  return new ValueMask(values);
}

type Structure = Record<string, unknown>;

function compare(sent: unknown, kept: unknown, values: Set<string>): void {
  if (!isStructure(sent) || !isStructure(kept)) return;
  const source = keepsText(sent) ? new JsonSource(keptText(sent) as string) : null;
  for (const [key, value] of Object.entries(sent)) {
    const left = Object.hasOwn(kept, key) ? kept[key] : undefined;
    if (isStructure(value)) compare(value, left, values);
    else if (left === MASKED && value !== MASKED) addForms(value, source?.find([key]) ?? null, values);
  }
}

/** Adds a number both as JavaScript writes it, which is what code produces, and as it was sent. */
function addForms(value: unknown, sent: string | null, values: Set<string>): void {
  if (typeof value === 'string') values.add(value);
  if (typeof value === 'number')
    for (const form of [String(value), sent]) if (form !== null) values.add(form);
}

function isStructure(value: unknown): value is Structure {
  return typeof value === 'object' && value !== null;
}
