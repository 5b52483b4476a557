/** Assigns units to the arms of a split: plain functions, which cost a request next to nothing. */
export { type Arm, ARMS, assignArm, bucketUnit, fnv1a32 } from './bucket.js';
export { MAX_UNIT_KEY_CHARS, UnitKeyHasher } from './unit-key-hasher.js';
