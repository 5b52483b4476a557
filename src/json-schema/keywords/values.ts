import { writeExact } from '../values/write-exact.js';
import type { SchemaPart } from '../reading/schema-part.js';
import { isInteger } from '../values/decimals.js';
import { type JsonNumber, getKind } from '../values/json-values.js';
import { valueKey } from '../values/value-key.js';

const TYPES: ReadonlyMap<unknown, string> = new Map([
  ['null', 'null'],
  ['boolean', 'true or false'],
  ['number', 'a number'],
  ['integer', 'a whole number'],
  ['string', 'a string'],
  ['array', 'an array'],
  ['object', 'an object'],
]);

/** How much of a list of allowed values an error repeats. */
const MAX_LISTED_CHARS = 200;
const FREE = { spend: () => undefined, spendText: () => undefined };

/** Reads `type`, `enum` and `const`. */
export function readValues(part: SchemaPart): void {
  if (part.has('type')) readType(part);
  const allowed = part.list('enum');
  if (allowed !== undefined) readAllowed(part, allowed);
  if (part.has('const')) readAllowed(part, [part.value('const')]);
}

function readType(part: SchemaPart): void {
  const sent = part.value('type');
  const types = Array.isArray(sent) ? (sent as readonly unknown[]) : [sent];
  const known = types.flatMap((type) => TYPES.get(type) ?? []);
  if (known.length === 0 || known.length < types.length || new Set(types).size < types.length) {
    part.report(`must be one of ${[...TYPES.keys()].join(', ')}, or an array of them`, 'type');
    return;
  }
  const asked = new Set(types);
  const message = `must be ${known.join(' or ')}`;
  part.node.gate = (value, evaluation) => {
    const kind = getKind(value);
    if (asked.has(kind)) return true;
    if (kind === 'number' && asked.has('integer') && isInteger(value as JsonNumber)) return true;
    return evaluation.fail(message);
  };
}

function readAllowed(part: SchemaPart, allowed: readonly unknown[]): void {
  const keys = new Set(allowed.map((value) => valueKey(value, FREE)));
  const kinds = new Set(allowed.map(getKind));
  const listed = allowed.map(writeExact).join(', ');
  const shown = listed.length > MAX_LISTED_CHARS ? `${listed.slice(0, MAX_LISTED_CHARS)}…` : listed;
  const message = allowed.length === 1 ? `must be ${shown}` : `must be one of ${shown}`;
  part.assert(null, (value, evaluation) => {
    if (kinds.has(getKind(value)) && keys.has(valueKey(value, evaluation))) return true;
    return evaluation.fail(message);
  });
}
