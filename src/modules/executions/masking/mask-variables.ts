import { JsonSource, keptText, keepsText, parseJson, writeJson } from '../../../kernel/index.js';
import type { MaskRules } from '../../projects/index.js';
import { MASKED, ValueMask } from './value-mask.js';

/** Variables as they may be kept. */
export interface MaskedVariables {
  /** JSON text in which masked values are {@link MASKED}; the rest is unchanged. */
  readonly json: string;
  /** The masked paths, such as `email` or `customer.email`, each once. */
  readonly paths: readonly string[];
  /** Finds the masked values in other texts. */
  readonly values: ValueMask;
}

/** The most masked variables that are listed by name. Any number may be masked. */
const MAX_PATHS = 200;

interface Found {
  readonly paths: Set<string>;
  readonly values: Set<string>;
}

/**
 * Masks the variables that the rules cover. Replaces every text, number and boolean of a masked value, but keeps member names,
 * list lengths and null, so that the prompt can still be rendered.
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

/** Defines the member, because assigning to `__proto__` would change the prototype. */
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
  // Looks for the number as it was sent, which is how it is rendered: 4711.50, not 4711.5.
  if (typeof value === 'number') found.values.add(source?.find([key]) ?? String(value));
  put(structure, key, MASKED);
}

/** Returns the source text of a structure that keeps it. Call this before anything in the structure changes. */
function findSource(structure: Structure): JsonSource | null {
  const text = keepsText(structure) ? keptText(structure) : null;
  return text === null ? null : new JsonSource(text);
}

/** Masks texts of other variables that contain a masked value. */
function maskElsewhere(structure: Structure, values: ValueMask): void {
  for (const [key, value] of Object.entries(structure)) {
    if (isStructure(value)) maskElsewhere(value, values);
    else if (typeof value === 'string' && value !== MASKED) {
      const masked = values.maskText(value);
      if (masked !== value) put(structure, key, masked);
    }
  }
}
