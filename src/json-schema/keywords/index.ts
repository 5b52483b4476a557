import type { SchemaPart } from '../reading/schema-part.js';
import { readAnnotations } from './annotations.js';
import { readArrays } from './arrays.js';
import { readCombinations } from './combinations.js';
import { readConditions } from './conditions.js';
import { readNumbers } from './numbers.js';
import { readObjects } from './objects.js';
import { readStrings } from './strings.js';
import { readUnevaluated } from './unevaluated.js';
import { readValues } from './values.js';

/** In the order in which a value is checked. The unevaluated parts are known only after all other keywords. */
export const KEYWORD_GROUPS: readonly ((part: SchemaPart) => void)[] = [
  readAnnotations,
  readValues,
  readNumbers,
  readStrings,
  readArrays,
  readObjects,
  readCombinations,
  readConditions,
  readUnevaluated,
];
