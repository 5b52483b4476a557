import { ATTEMPT_MOVES, EXECUTION_MOVES } from '../../../../src/modules/executions/facts/execution-state.js';
import { findMisplaced } from './execution-places.js';
import type { History, Request } from './history.js';
import type { LedgerDatabase } from './ledger-database.js';
import type { ReceivedCall } from '../provider-stand-in.js';

/** The verdict of history, provider and database together. */
export interface Verdict {
  readonly acknowledged: number;
  readonly executions: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly calls: number;
  /** Calls of an execution beyond the first: seen by the provider, and on record as attempts. */
  readonly repeatedCalls: number;
  readonly attemptsByStatus: Readonly<Record<string, number>>;
  /** From creation to end, for the slowest execution. */
  readonly longestMs: number | null;
  /** One sentence for each violation. */
  readonly broken: readonly string[];
}

export interface ExecutionRow {
  readonly execution_id: string;
  readonly correlation_id: string | null;
  readonly execution_mode: 'sync' | 'async';
  readonly project: string;
  readonly status: string;
  readonly error_type: string | null;
  readonly attempts_made: number;
  readonly took_ms: number | null;
}

interface AttemptRow {
  readonly execution_id: string;
  readonly attempt: number;
  readonly status: string;
}

interface MoveRow {
  readonly execution_id: string;
  readonly attempt: number | null;
  readonly from_status: string | null;
  readonly to_status: string;
}

const FINAL = ['succeeded', 'failed', 'canceled'];
const MOST_SHOWN = 3;

/** Compares the three, and the row adds its own promises. Called when all work should be done. */
export async function check(
  database: LedgerDatabase,
  history: History,
  calls: readonly ReceivedCall[],
): Promise<Verdict> {
  const executions = await database.query<ExecutionRow>(
    `SELECT execution_id, correlation_id, execution_mode, projects.name AS project, status, error_type, attempts_made,
       (extract(epoch FROM completed_at - executions_all.created_at) * 1000)::float8 AS took_ms
     FROM executions_all JOIN projects USING (project_id)`,
  );
  const attempts = await database.query<AttemptRow>(
    'SELECT execution_id, attempt, status FROM execution_attempts_all',
  );
  const moves = await database.query<MoveRow>(
    `SELECT execution_id, attempt, from_status, to_status FROM watched_moves WHERE from_status IS NOT NULL ORDER BY move_id`,
  );
  const misplaced = await findMisplaced((text) => database.query(text));
  const took = executions.flatMap(({ took_ms: tookMs }) => tookMs ?? []);
  return {
    acknowledged: history.acknowledgedIds().size,
    executions: executions.length,
    succeeded: executions.filter(({ status }) => status === 'succeeded').length,
    failed: executions.filter(({ status }) => status === 'failed').length,
    calls: calls.length,
    repeatedCalls: calls.length - new Set(calls.map(({ executionId }) => executionId)).size,
    attemptsByStatus: countBy(attempts, ({ status }) => status),
    // A full run has more executions than `Math.max` can take as arguments.
    longestMs: took.length === 0 ? null : Math.round(took.reduce((most, ms) => Math.max(most, ms))),
    broken: [
      ...checkAcknowledged(history, executions),
      ...checkCalls(calls, attempts),
      ...checkMoves(moves),
      ...checkEnds(executions, attempts),
      ...checkKeys(history, executions),
      ...complain(misplaced, 'executions are not in flight or over, with one input each'),
    ],
  };
}

function checkAcknowledged(history: History, executions: readonly ExecutionRow[]): string[] {
  const known = new Set(executions.map(({ execution_id: id }) => id));
  const lost = [...history.acknowledgedIds()].filter((id) => !known.has(id));
  const open = executions.filter(({ status }) => !FINAL.includes(status));
  return [
    ...complain(lost, 'acknowledged executions are not in the database'),
    ...complain(
      open.map(({ execution_id: id, status }) => `${id} ${status}`),
      'executions are not final',
    ),
  ];
}

function checkCalls(calls: readonly ReceivedCall[], attempts: readonly AttemptRow[]): string[] {
  const known = new Set(attempts.map(({ execution_id: id, attempt }) => `${id}-${attempt}`));
  const ids = calls.map(({ attemptId }) => attemptId);
  const received = countBy(ids, (id) => id);
  const twice = Object.keys(received).filter((id) => (received[id] ?? 0) > 1);
  return [
    ...complain(
      ids.filter((id) => !known.has(id)),
      'calls that the provider saw have no attempt row',
    ),
    ...complain(
      calls.filter(({ isOnRecord }) => isOnRecord === false).map(({ attemptId }) => attemptId),
      'calls reached the provider before their attempt row was committed',
    ),
    ...complain(twice, 'attempts reached the provider twice'),
  ];
}

function checkMoves(moves: readonly MoveRow[]): string[] {
  const illegal = moves.filter(({ attempt, from_status: from, to_status: to }) => {
    const legal: Readonly<Record<string, readonly string[]>> =
      attempt === null ? EXECUTION_MOVES : ATTEMPT_MOVES;
    return !(legal[from ?? ''] ?? []).includes(to);
  });
  const ends = moves.filter(({ attempt, to_status: to }) => attempt === null && FINAL.includes(to));
  const ended = countBy(ends, ({ execution_id: id }) => id);
  return [
    ...complain(
      illegal.map(
        ({ execution_id: id, attempt, ...move }) => `${id} ${attempt ?? ''} ${JSON.stringify(move)}`,
      ),
      'moves are illegal',
    ),
    ...complain(
      Object.keys(ended).filter((id) => (ended[id] ?? 0) > 1),
      'executions were finished more than once',
    ),
  ];
}

function checkEnds(executions: readonly ExecutionRow[], attempts: readonly AttemptRow[]): string[] {
  const successes = countBy(
    attempts.filter(({ status }) => status === 'succeeded'),
    ({ execution_id: id }) => id,
  );
  const wrong = executions.filter(
    ({ execution_id: id, status }) => (successes[id] ?? 0) !== (status === 'succeeded' ? 1 : 0),
  );
  return complain(
    wrong.map(({ execution_id: id, status }) => `${id} ${status}`),
    'executions disagree with their attempts about success',
  );
}

/** One request with a key makes one execution, however often it was sent. Without a key, each try makes at most one. */
function checkKeys(history: History, executions: readonly ExecutionRow[]): string[] {
  const made = countBy(executions, ({ correlation_id: label, execution_mode: mode, project }) =>
    JSON.stringify([label, mode === 'sync' ? 'run' : 'submit', project]),
  );
  const countOf = ({ label, route, project }: Request) => made[JSON.stringify([label, route, project])] ?? 0;
  const bad = history.requests.filter((request) => {
    const { key, told } = request;
    const count = countOf(request);
    const ids = new Set(told.flatMap(({ executionId }) => executionId ?? []));
    const isAnswered = ids.size > 0;
    return key === null ? count > told.length : ids.size > 1 || count > 1 || (isAnswered && count !== 1);
  });
  return complain(
    bad.map((request) => `${request.label}: ${countOf(request)}`),
    'requests did not become exactly one execution',
  );
}

function complain(what: readonly string[], sentence: string): string[] {
  if (what.length === 0) return [];
  const shown = what.slice(0, MOST_SHOWN).join(', ');
  return [`${what.length} ${sentence} (${shown}${what.length > MOST_SHOWN ? ', …' : ''}).`];
}

export function countBy<T>(values: readonly T[], nameOf: (value: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[nameOf(value)] = (counts[nameOf(value)] ?? 0) + 1;
  return counts;
}
