import type { AppConfig } from '../../../infra/config/index.js';
import { assertAtMost } from './assert-at-most.js';
import type { RequestToAdmit } from './execution-request.js';

/** Somebody waits: a second try, if there is time for it. */
const RUN_ATTEMPTS = 2;
const SUBMIT_ATTEMPTS = 4;

/** @throws ValidationError `VALIDATION_FAILED` for more than `MAX_TIMEOUT_MS`. */
export function readTimeoutMs(
  request: RequestToAdmit,
  { DEFAULT_TIMEOUT_MS: usual, MAX_TIMEOUT_MS: most }: AppConfig['env'],
): number {
  const timeoutMs = request.timeout_ms ?? Math.min(usual, most);
  assertAtMost(timeoutMs, most, 'timeout_ms', 'MAX_TIMEOUT_MS');
  return timeoutMs;
}

/**
 * Left out: as often as is usual, and each model at least once.
 * @throws ValidationError `VALIDATION_FAILED` for more than `MAX_ATTEMPTS`.
 */
export function readMaxAttempts(
  request: RequestToAdmit,
  mode: 'sync' | 'async',
  models: number,
  { MAX_ATTEMPTS: most }: AppConfig['env'],
): number {
  const usual = Math.max(mode === 'sync' ? RUN_ATTEMPTS : SUBMIT_ATTEMPTS, models);
  const attempts = request.max_attempts ?? Math.min(usual, most);
  assertAtMost(attempts, most, 'max_attempts', 'MAX_ATTEMPTS');
  return attempts;
}
