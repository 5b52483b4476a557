import type { UnitKeyHasher } from '../../../bucketing/index.js';
import type { StoredArm } from '../../../entities/index.js';
import type { AssignedArm } from '../../prompts/index.js';

/**
 * Returns the arm in the form in which an execution stores it. The key itself is stored nowhere.
 * @param hasher null in a process without `KEY_HASH_SECRET`, which admits no requests with unit keys.
 */
export function storedArm(
  { rollout, arm, bucket }: AssignedArm,
  projectId: string,
  unitKey: string | null,
  hasher: UnitKeyHasher | null,
): StoredArm {
  const unit = unitKey === null ? null : hashUnit(projectId, unitKey, hasher);
  return { rollout_id: rollout.rolloutId, arm, phase: rollout.phase, unit, bucket };
}

function hashUnit(projectId: string, unitKey: string, hasher: UnitKeyHasher | null): string {
  if (hasher === null) throw new Error('a process that admits requests needs KEY_HASH_SECRET');
  return hasher.hash(projectId, unitKey);
}
