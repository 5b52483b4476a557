import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { CallbackUrlPolicy } from '../../../infra/outbound/index.js';
import { ValidationError } from '../../../kernel/index.js';
import type { RequestToAdmit } from './execution-request.js';

/** A client waits for a run, so it gets one retry if there is time for it. */
const RUN_ATTEMPTS = 2;
const SUBMIT_ATTEMPTS = 4;

/** Applies the limits and defaults of a request, whatever it runs. */
@Injectable()
export class RequestLimits {
  constructor(
    private readonly config: AppConfig,
    private readonly callbackUrls: CallbackUrlPolicy,
  ) {}

  /** @throws ValidationError `VALIDATION_FAILED` for more than `MAX_TIMEOUT_MS`. */
  readTimeoutMs(request: RequestToAdmit): number {
    const { DEFAULT_TIMEOUT_MS: usual, MAX_TIMEOUT_MS: most } = this.config.env;
    const timeoutMs = request.timeout_ms ?? Math.min(usual, most);
    assertAtMost(timeoutMs, most, 'timeout_ms', 'MAX_TIMEOUT_MS');
    return timeoutMs;
  }

  /**
   * Defaults to the usual number of attempts, with at least one for each model.
   * @throws ValidationError `VALIDATION_FAILED` for more than `MAX_ATTEMPTS`.
   */
  readMaxAttempts(request: RequestToAdmit, mode: 'sync' | 'async', models: number): number {
    const { MAX_ATTEMPTS: most } = this.config.env;
    const usual = Math.max(mode === 'sync' ? RUN_ATTEMPTS : SUBMIT_ATTEMPTS, models);
    const attempts = request.max_attempts ?? Math.min(usual, most);
    assertAtMost(attempts, most, 'max_attempts', 'MAX_ATTEMPTS');
    return attempts;
  }

  /** Returns null when there is none. @throws ValidationError `VALIDATION_FAILED` for one that may not be called. */
  readCallbackUrl({ callback_url: callbackUrl = null }: RequestToAdmit): string | null {
    if (callbackUrl !== null) this.callbackUrls.assertAllowed(callbackUrl, '/callback_url');
    return callbackUrl;
  }
}

/**
 * Checks a member of a request against a limit of the service.
 * @param variable the environment variable that sets the limit.
 */
function assertAtMost(value: number, most: number, member: string, variable: string): void {
  if (value <= most) return;
  throw new ValidationError(`Send a ${member} of at most ${most}, the limit of this service (${variable}).`, [
    { pointer: `/${member}`, message: `must not be greater than ${most}` },
  ]);
}
