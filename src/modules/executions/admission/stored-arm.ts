import type { KeyObject } from 'node:crypto';
import { hashUnitKey } from '../../../bucketing/index.js';
import type { StoredArm } from '../../../entities/index.js';
import type { AssignedArm } from '../../prompts/index.js';

/**
 * Returns the arm in the form in which an execution stores it. The key itself is stored nowhere.
 * @param secret `KEY_HASH_SECRET`; null in a process that was given none, which admits no requests with unit keys.
 */
export function storedArm(
  { rollout, arm, bucket }: AssignedArm,
  projectId: string,
  unitKey: string | null,
  secret: KeyObject | null,
): StoredArm {
  const unit = unitKey === null ? null : hashUnit(projectId, unitKey, secret);
  return { rollout_id: rollout.rolloutId, arm, phase: rollout.phase, unit, bucket };
}

function hashUnit(projectId: string, unitKey: string, secret: KeyObject | null): string {
  if (secret === null) throw new Error('a process that admits requests needs KEY_HASH_SECRET');
  return hashUnitKey(secret, projectId, unitKey);
}
