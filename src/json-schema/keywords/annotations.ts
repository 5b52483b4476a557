import { LIMITS } from '../limits.js';
import type { SchemaPart } from '../reading/schema-part.js';
import { type JsonObject, listKeys, getKind, memberAt } from '../values/json-values.js';

const TEXTS = ['title', 'description', '$comment', 'contentEncoding', 'contentMediaType'];
const FLAGS = ['deprecated', 'readOnly', 'writeOnly'];

/** Reads keywords that describe a value without constraining it, and schemas that exist only to be referred to. */
export function readAnnotations(part: SchemaPart): void {
  for (const keyword of TEXTS) part.string(keyword);
  for (const keyword of FLAGS) part.boolean(keyword);
  part.list('examples');
  for (const keyword of ['default', 'examples', 'const', 'enum']) {
    if (isDeeper(part.value(keyword), LIMITS.depth)) {
      part.report(`is nested deeper than ${LIMITS.depth} levels`, keyword);
    }
  }
  // Before 2019 `$defs` was called `definitions`, and the meta-schema still allows it.
  for (const keyword of ['$defs', 'definitions']) part.subschemaMap(keyword);
  part.subschema('contentSchema');
}

function isDeeper(value: unknown, levels: number): boolean {
  const kind = getKind(value);
  if (kind !== 'array' && kind !== 'object') return false;
  if (levels === 0) return true;
  if (kind === 'array') return (value as readonly unknown[]).some((item) => isDeeper(item, levels - 1));
  const object = value as JsonObject;
  return listKeys(object).some((key) => isDeeper(memberAt(object, key), levels - 1));
}
