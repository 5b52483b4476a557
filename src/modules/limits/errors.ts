import { LedgerError } from '../../kernel/index.js';
import { computeRemaining, toResetSeconds, type Standing } from './rate-limit.js';

export class RateLimitedError extends LedgerError {
  /** @param executions the number of executions requested. */
  constructor(refusing: Standing, executions: number) {
    super({
      code: 'RATE_LIMITED',
      status: 429,
      title: 'The rate limit is reached',
      detail: toDetail(refusing, executions),
      retryable: true,
      headers: { 'Retry-After': String(toResetSeconds(refusing)) },
    });
  }
}

function toDetail(refusing: Standing, executions: number): string {
  const { of, unit, perMinute } = refusing.limit;
  if (unit === 'requests' && executions > perMinute) {
    return `The ${of} may ask for ${perMinute} executions a minute and these are ${executions}; send fewer at once.`;
  }
  const remaining = computeRemaining(refusing);
  if (unit === 'requests' && remaining > 0) {
    return `The ${of} may ask for ${remaining} more of its ${perMinute} executions in this minute and these are ${executions}; send fewer, or all after the seconds that Retry-After names.`;
  }
  const what = unit === 'requests' ? 'requests' : 'tokens';
  return `The ${of} has used its ${perMinute} ${what} of this minute; send it again after the seconds that Retry-After names.`;
}
