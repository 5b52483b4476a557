import { JsonSource, keptText, keepsText, parseJson, writeJson } from '../../../kernel/index.js';
import type { MaskRules } from '../../projects/index.js';
import { MASKED, ValueMask } from './value-mask.js';

/** Variables as they may be kept. */
export interface MaskedVariables {
  /** JSON text in which masked values are {@link MASKED}; the rest is as it came. */
  readonly json: string;
  /** The masked paths: `email`, `customer.email`. Each once. */
  readonly paths: readonly string[];
  /** Finds the values again elsewhere. */
  readonly values: ValueMask;
}

/** Masked variables that are listed by name. Any number may be masked. */
const MAX_PATHS = 200;

interface Found {
  readonly paths: Set<string>;
  readonly values: Set<string>;
}

/**
 * Masks the variables that the rules cover. Every text, number and boolean of a masked value is replaced; names of members, lengths
 * of lists and null stay, so that a prompt can be rendered with what is left.
 * @param json the text of the variables as received: an object.
 * @returns null when the rules cover none of them.
 */
export function maskVariables(rules: MaskRules, json: string): MaskedVariables | null {
  const variables = parseJson(json);
  const found: Found = { paths: new Set(), values: new Set() };
  if (!isStructure(variables)) return null;
  maskCovered(rules, variables, '', found);
  if (found.paths.size === 0) return null;
  const values = new ValueMask(found.values);
  maskElsewhere(variables, values);
  return { json: writeJson(variables), paths: [...found.paths].slice(0, MAX_PATHS), values };
}

type Structure = Record<string, unknown>;

function isStructure(value: unknown): value is Structure {
  return typeof value === 'object' && value !== null;
}

/** Assigning would change the prototype of an object whose member is called `__proto__`. */
function put(structure: Structure, key: string, value: unknown): void {
  Object.defineProperty(structure, key, { value, writable: true, enumerable: true, configurable: true });
}

function maskCovered(rules: MaskRules, structure: Structure, path: string, found: Found): void {
  const isList = Array.isArray(structure);
  const source = findSource(structure);
  for (const [key, value] of Object.entries(structure)) {
    const own = isList ? path : path === '' ? key : `${path}.${key}`;
    if (!isList && rules.covers(key, own)) {
      found.paths.add(own);
      maskWhole(structure, key, source, found);
    } else if (isStructure(value)) maskCovered(rules, value, own, found);
  }
}

function maskWhole(structure: Structure, key: string, source: JsonSource | null, found: Found): void {
  const value = structure[key];
  if (value === null) return;
  if (isStructure(value)) {
    const inside = findSource(value);
    for (const inner of Object.keys(value)) maskWhole(value, inner, inside, found);
    return;
  }
  if (typeof value === 'string') found.values.add(value);
  // The number as it was sent, which is how it is rendered: 4711.50, and not 4711.5.
  if (typeof value === 'number') found.values.add(source?.find([key]) ?? String(value));
  put(structure, key, MASKED);
}

/** The text of a structure that keeps it, before anything in it is changed. */
function findSource(structure: Structure): JsonSource | null {
  const text = keepsText(structure) ? keptText(structure) : null;
  return text === null ? null : new JsonSource(text);
}

/** A value that is masked in one variable may stand in the text of another. */
function maskElsewhere(structure: Structure, values: ValueMask): void {
  for (const [key, value] of Object.entries(structure)) {
    if (isStructure(value)) maskElsewhere(value, values);
    else if (typeof value === 'string' && value !== MASKED) {
      const masked = values.maskText(value);
      if (masked !== value) put(structure, key, masked);
    }
  }
}
