import { MAX_UNIT_KEY_CHARS } from '../../../bucketing/index.js';
import { ValidationError } from '../../../kernel/index.js';
import type { ChatCompletionRequestDto } from './chat-completion-request.dto.js';

/** The member of `metadata` that is meant for the ledger and not passed on. */
export const UNIT_KEY_MEMBER = 'unit_key';

/**
 * Returns the unit that stays with one arm of a rollout: `metadata.unit_key`, or else `user`; null for neither.
 * @throws ValidationError `VALIDATION_FAILED`
 */
export function readUnitKey({
  metadata,
  user = null,
}: Pick<ChatCompletionRequestDto, 'metadata' | 'user'>): string | null {
  const key =
    metadata == null || !Object.hasOwn(metadata, UNIT_KEY_MEMBER) ? null : metadata[UNIT_KEY_MEMBER];
  if (key === null) return user;
  if (typeof key === 'string' && key.length >= 1 && key.length <= MAX_UNIT_KEY_CHARS) return key;
  throw new ValidationError('Correct the parts of the body that "errors" lists.', [
    {
      pointer: `/metadata/${UNIT_KEY_MEMBER}`,
      message: `must be a string of 1 to ${MAX_UNIT_KEY_CHARS} characters`,
    },
  ]);
}
