import { ValidationError } from '../../kernel/index.js';
import type { TimeSpan } from './time-spans.js';

/**
 * @returns null for all time.
 * @throws ValidationError `VALIDATION_FAILED` when `from` is later than `to`.
 */
export function toSpan({ from, to }: { readonly from?: Date; readonly to?: Date }): TimeSpan | null {
  if (from === undefined && to === undefined) return null;
  const span = { startMs: from?.getTime() ?? -Infinity, endMs: to?.getTime() ?? Infinity };
  if (span.startMs <= span.endMs) return span;
  throw new ValidationError('Send a from that is not later than to.', [
    { pointer: '/from', message: 'must not be later than to' },
  ]);
}
