import type { SchemaPart } from '../reading/schema-part.js';
import { type JsonObject, listKeys, memberAt } from '../values/json-values.js';

/** Reads the constraints on parts that no other keyword has looked at. */
export function readUnevaluated(part: SchemaPart): void {
  const items = part.subschema('unevaluatedItems');
  if (items !== undefined) {
    part.trackSeen();
    part.assert('array', (value, evaluation, seen) => {
      let fits = true;
      for (const [index, item] of (value as readonly unknown[]).entries()) {
        if (seen?.hasIndex(index) !== true && !evaluation.applyAt(items, index, item)) fits = false;
      }
      if (seen !== null) seen.items = Infinity;
      return fits;
    });
  }
  const members = part.subschema('unevaluatedProperties');
  if (members === undefined) return;
  part.trackSeen();
  part.assert('object', (value, evaluation, seen) => {
    const object = value as JsonObject;
    let fits = true;
    for (const key of listKeys(object)) {
      if (seen?.hasKey(key) === true) continue;
      if (!evaluation.applyAt(members, key, memberAt(object, key))) fits = false;
    }
    if (seen !== null) seen.hasAllKeys = true;
    return fits;
  });
}
