/** Who belongs to which arm of a split: plain functions, which a request is not slowed by. */
export { type Arm, ARMS, assignArm, bucketUnit, fnv1a32 } from './bucket.js';
export { hashUnitKey, MAX_UNIT_KEY_CHARS } from './hash-unit-key.js';
