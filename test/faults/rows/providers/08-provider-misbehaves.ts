import type { Behaviour, ReceivedRequest } from '../../../fakes/vendors/openai-server.js';
import type { FaultContext } from '../../core/fault-context.js';
import { inParallel, type LedgerRequest } from '../../core/ledger-client.js';
import type { FaultRow, Size } from '../../core/row.js';
import { tryCircuit } from './circuit-opens.js';
import { ASKED_WAIT_MS, DEADLINE_MS, MISBEHAVIOURS, type Misbehaviour } from './provider-misbehaviours.js';

const SIZES = { full: { times: 25, atOnce: 64 }, short: { times: 1, atOnce: 64 } };
const CALM_DEADLINE_MS = 15_000;
/** The allowance on top of a deadline. */
const MOST_LATE_MS = 1_000;
const SETTLE_LIMIT_MS = 60_000;
const WITH_RETRY_AFTER = '429 with Retry-After';
const BEYOND_THE_DEADLINE = '429 with a Retry-After beyond the deadline';

interface Case {
  readonly way: Misbehaviour;
  readonly request: LedgerRequest;
}

interface Ended {
  readonly correlation_id: string;
  readonly execution_mode: 'sync' | 'async';
  readonly status: string;
  readonly error_type: string | null;
  readonly attempts: { readonly error_type: string | null; readonly latency_ms: number | null }[];
}

/** The circuit breaker is off, because it would stop calls to a provider that does nothing but fail. */
const SETTINGS = { WORKER: 'on', CIRCUIT_FAILURES: '0', RETRY_WAITS_MS: '50', CONCURRENCY: '64' };

export const providerMisbehavesRow: FaultRow = {
  number: 8,
  fault:
    'provider resets before, within, after the body; hangs; drips; answers garbage; 429 with Retry-After; 500s',
  mustHold: 'right class each time, deadline + 1 s at most',
  async run(context, size) {
    const { times, atOnce } = SIZES[size];
    context.provider.behave((received) => behaviourOf(received));
    const api = await context.startApi(context.settings('Postgres', SETTINGS));
    await context.putPrompt(api.url);
    const cases = casesOf(context, api.url, times);
    await inParallel(cases.length, atOnce, (index) => (cases[index] as Case).request.send());
    await cancelWhatWaitsAnHour(context, api.url);
    await context.untilSettled(SETTLE_LIMIT_MS);
    const ended = await findEnded(context);
    await api.kill();
    const broken = cases.flatMap((each) => judge(each, ended.get(each.request.record.label), size));
    const circuit = await tryCircuit(context, SETTLE_LIMIT_MS);
    const verdict = await context.check();
    const late = latenessOf(cases, ended);
    return {
      landed: [
        {
          what: 'misbehaved calls, in 22 ways',
          count: callsOf(ended),
          atLeast: times * MISBEHAVIOURS.length * 2,
        },
        ...circuit.landed,
      ],
      measured: {
        executions: verdict.executions,
        'calls cut at a deadline': late.length,
        'latest of them after its deadline, ms': Math.round(Math.max(...late)),
        'of another class than expected': broken.length,
        ...circuit.measured,
      },
      broken: [...verdict.broken, ...broken.slice(0, 5), ...complainOfHaste(context), ...circuit.broken],
    };
  },
};

/** The prompt renders to `Hello <label>`, and the label selects the behaviour. */
function behaviourOf({ body }: ReceivedRequest): Behaviour {
  const text = JSON.stringify(body?.['messages'] ?? '');
  const way = MISBEHAVIOURS.find(({ name }) => text.includes(`/${name}/`));
  return way?.behaviour ?? { kind: 'answer' };
}

function casesOf(context: FaultContext, url: string, times: number): Case[] {
  const client = context.client(url);
  return Array.from({ length: times }).flatMap((_, time) =>
    MISBEHAVIOURS.flatMap((way) =>
      (['run', 'submit'] as const).map((route) => {
        const timeoutMs = way.errorType === 'timeout' ? DEADLINE_MS : CALM_DEADLINE_MS;
        const more = { timeout_ms: timeoutMs, max_attempts: 2 };
        return { way, request: client.request({ label: `${route}/${way.name}/${time}`, route, more }) };
      }),
    ),
  );
}

/** The ledger obeys a provider that asks a queued execution to come back in an hour; the row does not wait for it. */
async function cancelWhatWaitsAnHour(context: FaultContext, url: string): Promise<void> {
  const waiting = context.history.requests.filter(({ label }) =>
    label.startsWith(`submit/${BEYOND_THE_DEADLINE}/`),
  );
  for (const { told } of waiting) {
    const id = told[0]?.executionId ?? '';
    const waits = `SELECT FROM executions_all WHERE execution_id = $1 AND status = 'queued' AND attempts_made = 1
      AND due_at > now() + interval '50 minutes'`;
    await context.until(
      async () => (await context.database.query(waits, [id])).length === 1,
      `${id} to wait`,
    );
    await context.admin(url).post(`/v1/executions/${id}:cancel`);
  }
}

async function findEnded(context: FaultContext): Promise<Map<string, Ended>> {
  const rows = await context.database.query<Ended>(
    `SELECT correlation_id, execution_mode, e.status, e.error_type,
       json_agg(json_build_object('error_type', a.error_type, 'latency_ms', a.latency_ms) ORDER BY a.attempt) AS attempts
     FROM executions_all e JOIN execution_attempts_all a USING (project_id, execution_id)
     GROUP BY correlation_id, execution_mode, e.status, e.error_type`,
  );
  return new Map(rows.map((row) => [row.correlation_id, row]));
}

function judge({ way, request }: Case, ended: Ended | undefined, size: Size): string[] {
  const { label, route, told } = request.record;
  const [answer] = told;
  if (ended === undefined || answer === undefined) return [`${label}: there is no execution.`];
  const isCanceled = route === 'submit' && way.name === BEYOND_THE_DEADLINE;
  const expected = {
    status: isCanceled ? 'canceled' : way.errorType === null ? 'succeeded' : 'failed',
    errorType: isCanceled ? null : way.errorType,
    attempts: Array.from({ length: route === 'run' ? way.runCalls : way.queuedCalls }, () => way.errorType),
    answer: route === 'run' ? [way.runStatus, way.runCode] : [202, null],
  };
  const seen = {
    status: ended.status,
    errorType: ended.error_type,
    attempts: ended.attempts.map(({ error_type: type }) => type),
    answer: [answer.status, answer.code],
  };
  return [
    ...(JSON.stringify(seen) === JSON.stringify(expected)
      ? []
      : [`${label}: ${JSON.stringify(seen)} instead of ${JSON.stringify(expected)}.`]),
    ...judgeProblem(way, request),
    ...judgeTimes(way, request, ended, size),
  ];
}

/** Judges what a failed `:run` reports about the provider. */
function judgeProblem(way: Misbehaviour, { record: { label, route, told } }: LedgerRequest): string[] {
  if (route !== 'run' || way.runStatus === 200) return [];
  const body = JSON.parse(told[0]?.body ?? '{}') as Record<string, unknown>;
  // An answer with a cut line already had a status.
  const statuses = way.providerStatus === null ? [null, 200] : [way.providerStatus];
  const isRight =
    statuses.includes(body['provider_status'] as number | null) && body['attempts'] === way.runCalls;
  return isRight ? [] : [`${label}: the problem says ${told[0]?.body ?? ''}.`];
}

function judgeTimes(
  way: Misbehaviour,
  { record: { label } }: LedgerRequest,
  ended: Ended,
  size: Size,
): string[] {
  // The short run shares its machine with other tests, so it measures lateness without judging it.
  const late =
    size === 'full' ? ended.attempts.filter((each) => latenessOfAttempt(way, each) > MOST_LATE_MS) : [];
  return late.map(({ latency_ms: latencyMs }) => `${label}: a call took ${String(latencyMs)} ms.`);
}

/** Complains of retries that are earlier than requested, by the provider's own clock, however busy the machine. */
function complainOfHaste({ history, provider }: FaultContext): string[] {
  const asked = history.requests.filter(({ label }) => label.includes(`/${WITH_RETRY_AFTER}/`));
  return asked.flatMap(({ label, told }) => {
    const calls = provider.calls.filter(({ executionId }) => executionId === told[0]?.executionId);
    const [first = 0, second = Infinity] = calls.map(({ receivedAtMs }) => receivedAtMs);
    return second - first >= ASKED_WAIT_MS ? [] : [`${label}: called again after ${second - first} ms.`];
  });
}

function latenessOfAttempt(way: Misbehaviour, { latency_ms: latencyMs }: Ended['attempts'][number]): number {
  return (latencyMs ?? 0) - (way.errorType === 'timeout' ? DEADLINE_MS : CALM_DEADLINE_MS);
}

/** Returns how late the attempts that reached a deadline, and the answers of `:run`, were. */
function latenessOf(cases: readonly Case[], ended: ReadonlyMap<string, Ended>): number[] {
  return cases
    .filter(({ way }) => way.errorType === 'timeout')
    .flatMap(({ way, request: { record } }) => [
      ...(record.route === 'run' ? record.told.map(({ tookMs }) => tookMs - DEADLINE_MS) : []),
      ...(ended.get(record.label)?.attempts ?? []).map((each) => latenessOfAttempt(way, each)),
    ]);
}

function callsOf(ended: ReadonlyMap<string, Ended>): number {
  return [...ended.values()].reduce((sum, { attempts }) => sum + attempts.length, 0);
}
