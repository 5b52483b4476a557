import { decimalKey } from './decimals.js';
import { type JsonNumber, type JsonObject, listKeys, getKind, memberAt } from './json-values.js';
import { type Purse, toExact } from './to-exact.js';

const STEPS_PER_VALUE = 12;

/**
 * Returns a text that two values share exactly when JSON Schema calls them equal: keys in any order, numbers by their value. Comparing by
 * it takes linear time; comparing all pairs of a list's elements would take quadratic time.
 */
export function valueKey(sent: unknown, purse: Purse): string {
  purse.spend(STEPS_PER_VALUE);
  const value = toExact(sent, purse);
  switch (getKind(value)) {
    case 'number':
      return numberKey(value as JsonNumber, purse);
    case 'string':
      purse.spendText((value as string).length);
      return JSON.stringify(value);
    case 'array':
      return `[${(value as readonly unknown[]).map((item) => valueKey(item, purse)).join(',')}]`;
    case 'object':
      return objectKey(value as JsonObject, purse);
    default:
      return String(value);
  }
}

/** Most numbers are doubles, which JavaScript writes fast. */
function numberKey(number: JsonNumber, purse: Purse): string {
  if (typeof number === 'number') return String(number);
  purse.spendText(8 * number.text.length);
  return number.isDouble ? String(number.value) : decimalKey(number);
}

function objectKey(object: JsonObject, purse: Purse): string {
  const members = [...listKeys(object)].sort().map((key) => {
    purse.spendText(key.length);
    return `${JSON.stringify(key)}:${valueKey(memberAt(object, key), purse)}`;
  });
  return `{${members.join(',')}}`;
}
