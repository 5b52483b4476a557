import { judgeCall } from './judge-call.js';
import type { CallFailure, CallOutcome } from '../facts/call-outcome.js';

const DEFAULT_TIMEOUT_MS = 60_000;

type Partial = NonNullable<CallFailure['partial']>;

function failed(
  kind: CallFailure['kind'],
  partial: Omit<Partial, 'collected' | 'firstTokenMs'> = {},
): CallOutcome {
  const nothing = { status: null, retryAfterMs: null, providerRequestId: null, latencyMs: 1 };
  return {
    succeeded: false,
    failure: { kind, message: 'x', ...nothing, partial: { collected: null, firstTokenMs: null, ...partial } },
  };
}

const timeout = (partial: Omit<Partial, 'collected' | 'firstTokenMs'>) => failed('timeout', partial);

describe('judgeCall', () => {
  it.each([
    ['a timeout after all of the default time', timeout({ interruptedBy: 'deadline', providerMs: 60_000 })],
    [
      'one after the part of it that was left for the call',
      timeout({ interruptedBy: 'deadline', providerMs: 54_000 }),
    ],
    [
      'one of a caller who allows more than that',
      timeout({ interruptedBy: 'deadline', providerMs: 600_000 }),
    ],
    ['a silence as long as the operator allows', timeout({ interruptedBy: 'silence', providerMs: 5 })],
    ['a timeout of the adapter itself', timeout({ interruptedBy: null, providerMs: 5 })],
    ['a broken line', failed('connection', { readerMs: 0 })],
    ['a broken line with a reader who takes a moment', failed('connection', { readerMs: 999 })],
    ['a refused connection', failed('connection', { wasSent: false })],
    ['an error of the provider', failed('provider_error')],
  ])('holds %s against the provider', (_what, outcome) => {
    expect(judgeCall(outcome, DEFAULT_TIMEOUT_MS)).toBe('failure');
  });

  it.each([
    ['a deadline of a millisecond', timeout({ interruptedBy: 'deadline', providerMs: 1 })],
    [
      'a deadline that was over before the call',
      timeout({ interruptedBy: 'deadline', providerMs: 0, wasSent: false }),
    ],
    [
      'a deadline of the caller, short of the default',
      timeout({ interruptedBy: 'deadline', providerMs: 53_000 }),
    ],
    [
      'the share of a model that has others behind it',
      timeout({ interruptedBy: 'caller', providerMs: 30_000 }),
    ],
    [
      'a stream whose time its reader used up',
      timeout({ interruptedBy: 'deadline', providerMs: 400, readerMs: 59_600 }),
    ],
    ['a line that broke while nobody read', failed('connection', { readerMs: 1000 })],
    ['a reader who has left', failed('client_closed', { interruptedBy: 'caller' })],
    ['a lease that was lost', failed('outcome_unknown', { interruptedBy: 'caller' })],
    ['a call that could not be made', failed('internal')],
    ['a budget that had no room', failed('budget_exceeded')],
  ])('learns nothing from %s', (_what, outcome) => {
    expect(judgeCall(outcome, DEFAULT_TIMEOUT_MS)).toBe('silent');
  });

  it.each([
    ['a rate limit', failed('rate_limited')],
    ['a refused request, key or model', failed('provider_rejected')],
    ['an answer longer than we take', failed('provider_error', { isCut: true })],
  ])('knows by %s that somebody is there', (_what, outcome) => {
    expect(judgeCall(outcome, DEFAULT_TIMEOUT_MS)).toBe('answered');
  });

  it('takes an answer for one', () => {
    expect(judgeCall({ succeeded: true } as CallOutcome, DEFAULT_TIMEOUT_MS)).toBe('success');
  });
});
