/** Looked up once: it is called for each character. */
const { imul, round } = Math;
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;
const BUCKETS = 10_000;

export const ARMS = ['control', 'candidate'] as const;
export type Arm = (typeof ARMS)[number];

/**
 * Returns the place of a unit among all: one of 10,000 places from 0 to 0.9999, the same in every process and for ever. FNV-1a twice
 * over, as the flag services of the field do it, because one pass leaves units whose names differ only at their end close together.
 *
 * @param seed the rollout's id, so that the units of two rollouts are split independently.
 */
export function bucketUnit(seed: string, unit: string): number {
  return (fnv1a32(String(fnv1a32(seed + unit))) % BUCKETS) / BUCKETS;
}

/**
 * The arm of a bucket. As long as the percentage only grows, units only ever change to the candidate.
 *
 * @param percent the candidate's share, 0 to 100.
 */
export function assignArm(bucket: number, percent: number): Arm {
  // In whole buckets: 0.07 · 100 is more than 7 in doubles.
  return round(bucket * BUCKETS) < round((percent * BUCKETS) / 100) ? 'candidate' : 'control';
}

/** FNV-1a with 32 bits over the UTF-8 bytes of a text, 0 to 2³² − 1. A lone surrogate counts as U+FFFD, as UTF-8 writes it. */
export function fnv1a32(text: string): number {
  let hash = OFFSET_BASIS;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // ASCII, which nearly all keys are, is its own UTF-8.
    if (unit > 0x7f) return hashBytes(Buffer.from(text, 'utf8'));
    hash = imul(hash ^ unit, PRIME);
  }
  return hash >>> 0;
}

function hashBytes(bytes: Uint8Array): number {
  let hash = OFFSET_BASIS;
  for (const byte of bytes) hash = imul(hash ^ byte, PRIME);
  return hash >>> 0;
}
