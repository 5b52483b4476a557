import type { Behaviour } from '../../../fakes/vendors/openai-server.js';

/** One way in which a provider misbehaves, and how the ledger has to handle it. */
export interface Misbehaviour {
  /** Unique. It is part of the request's label, by which the provider selects its behaviour. */
  readonly name: string;
  readonly behaviour: Behaviour;
  /** The error of the execution; null when it succeeds. */
  readonly errorType: string | null;
  /** The status of the answer of `:run`, and its code; null for none. */
  readonly runStatus: number;
  readonly runCode: string | null;
  /** The vendor's status in the problem; null when there was none. */
  readonly providerStatus: number | null;
  /** Calls that a `:run` and a queued execution make, of the two that each may make. */
  readonly runCalls: 1 | 2;
  readonly queuedCalls: 1 | 2;
}

/** The deadline of requests whose provider goes silent. */
export const DEADLINE_MS = 800;
/** The wait that a `Retry-After` of 1 asks for. */
export const ASKED_WAIT_MS = 1_000;
const EVENT_STREAM = { 'content-type': 'text/event-stream' };

function ends(
  errorType: string,
  [runStatus, runCode]: readonly [number, string],
  calls: { run: 1 | 2; queued: 1 | 2 },
  providerStatus: number | null = null,
): Omit<Misbehaviour, 'name' | 'behaviour'> {
  return { errorType, runStatus, runCode, providerStatus, runCalls: calls.run, queuedCalls: calls.queued };
}

const TWICE = { run: 2, queued: 2 } as const;
/** A `:run` that timed out has no time left for a second call. */
const TIMED_OUT = ends('timeout', [504, 'PROVIDER_TIMEOUT'], { run: 1, queued: 2 });
const BROKEN_LINE = ends('connection', [502, 'PROVIDER_FAILED'], TWICE);
const NONSENSE = ends('provider_error', [502, 'PROVIDER_FAILED'], TWICE);
const ANSWERED: Omit<Misbehaviour, 'name' | 'behaviour'> = {
  errorType: null,
  runStatus: 200,
  runCode: null,
  providerStatus: null,
  runCalls: 1,
  queuedCalls: 1,
};
const failing = (status: number) => ends('provider_error', [502, 'PROVIDER_FAILED'], TWICE, status);
const refusing = (status: number) =>
  ends('provider_rejected', [502, 'PROVIDER_REJECTED'], { run: 1, queued: 1 }, status);

export const MISBEHAVIOURS: readonly Misbehaviour[] = [
  { name: 'reset before the headers', behaviour: { kind: 'cut', at: 'start' }, ...BROKEN_LINE },
  { name: 'reset in the body', behaviour: { kind: 'cut', at: 'body' }, ...BROKEN_LINE },
  { name: 'reset after the body', behaviour: { kind: 'cut', at: 'end' }, ...ANSWERED },
  {
    name: 'closed before the headers',
    behaviour: { kind: 'cut', at: 'start', politely: true },
    ...BROKEN_LINE,
  },
  { name: 'closed in the body', behaviour: { kind: 'cut', at: 'body', politely: true }, ...BROKEN_LINE },
  { name: 'closed after the body', behaviour: { kind: 'cut', at: 'end', politely: true }, ...ANSWERED },
  { name: 'hang before the headers', behaviour: { kind: 'hang', at: 'start' }, ...TIMED_OUT },
  { name: 'hang after the headers', behaviour: { kind: 'hang', at: 'headers' }, ...TIMED_OUT },
  { name: 'hang in the body', behaviour: { kind: 'hang', at: 'body' }, ...TIMED_OUT },
  { name: 'drip', behaviour: { kind: 'drip', byteDelayMs: 100 }, ...TIMED_OUT },
  {
    name: 'trickle of words',
    behaviour: { kind: 'answer', pieces: Array.from({ length: 200 }, () => 'word '), pieceDelayMs: 50 },
    ...TIMED_OUT,
  },
  {
    name: 'garbage in the stream',
    behaviour: { kind: 'raw', body: 'data: {"choices": [{"delta"\n\ndata: [DONE]\n\n' },
    ...NONSENSE,
  },
  {
    name: 'garbage in place of JSON',
    behaviour: { kind: 'raw', headers: { 'content-type': 'application/json' }, body: '\u0001\ufffd<<<>>>' },
    ...NONSENSE,
  },
  {
    name: 'events without a choice',
    behaviour: { kind: 'raw', headers: EVENT_STREAM, body: 'data: {"choices":7}\n\ndata: [DONE]\n\n' },
    ...NONSENSE,
  },
  {
    name: 'page of a gateway',
    behaviour: {
      kind: 'raw',
      status: 502,
      headers: { 'content-type': 'text/html' },
      body: '<h1>Bad gateway',
    },
    ...failing(502),
  },
  {
    name: '429 with Retry-After',
    behaviour: { kind: 'error', status: 429, headers: { 'retry-after': '1' } },
    ...ends('rate_limited', [502, 'PROVIDER_FAILED'], TWICE, 429),
  },
  {
    name: '429 with a Retry-After beyond the deadline',
    behaviour: { kind: 'error', status: 429, headers: { 'retry-after': '3600' } },
    ...ends('rate_limited', [502, 'PROVIDER_FAILED'], { run: 1, queued: 1 }, 429),
  },
  { name: '500', behaviour: { kind: 'error', status: 500 }, ...failing(500) },
  { name: '503', behaviour: { kind: 'error', status: 503 }, ...failing(503) },
  { name: '408', behaviour: { kind: 'error', status: 408 }, ...failing(408) },
  { name: '400', behaviour: { kind: 'error', status: 400 }, ...refusing(400) },
  { name: '401', behaviour: { kind: 'error', status: 401 }, ...refusing(401) },
];
