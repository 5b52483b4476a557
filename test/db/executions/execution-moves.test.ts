import type { AttemptStatus, ExecutionStatus } from '../../../src/entities/index.js';
import {
  ATTEMPT_MOVES,
  EXECUTION_MOVES,
  type ExecutionsRepository,
} from '../../../src/modules/executions/index.js';
import {
  insertAttempt,
  insertExecution,
  insertFinalExecution,
  makeDueAndLapsed,
  emptyExecutions,
} from '../../support/rows/execution-rows.js';
import { endCall } from '../../support/rows/end-executions.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
const STATUSES = Object.keys(EXECUTION_MOVES) as ExecutionStatus[];
const ATTEMPT_STATUSES = Object.keys(ATTEMPT_MOVES) as AttemptStatus[];
const FAILED = {
  kind: 'timeout',
  message: 'late',
  status: null,
  retryAfterMs: null,
  providerRequestId: null,
  latencyMs: 1,
} as const;

describe('whatever an execution is, and whoever does what to it', () => {
  let context: LedgerContext;
  let ids: LedgerRows;
  let executions: ExecutionsRepository;

  beforeAll(async () => {
    context = await openLedgerContext();
    ids = await insertOneOfEach(context.owner, context.projectId);
  });

  afterAll(() => context.close());

  /** Makes an execution that a careless statement would match: due, lapsed, and with the shown fence. */
  async function given(status: ExecutionStatus, attemptStatus: AttemptStatus): Promise<string> {
    await emptyExecutions(context.owner);
    executions = context.openExecutions();
    const { owner, projectId } = context;
    const executionId =
      status === 'queued' || status === 'running'
        ? await insertExecution(owner, projectId, ids, { status, fence: 1 })
        : await insertFinalExecution(owner, projectId, ids, { status });
    await makeDueAndLapsed(owner);
    await insertAttempt(owner, projectId, executionId, { status: attemptStatus });
    return executionId;
  }

  async function statuses(): Promise<{ execution: ExecutionStatus; attempt: AttemptStatus }> {
    const { rows } = await context.owner.query<{ execution: ExecutionStatus; attempt: AttemptStatus }>(
      'SELECT e.status AS execution, a.status AS attempt FROM executions_all e JOIN execution_attempts_all a USING (execution_id)',
    );
    return rows[0] as { execution: ExecutionStatus; attempt: AttemptStatus };
  }

  const operations: [string, (executionId: string) => Promise<unknown>][] = [
    ['a claim', () => executions.claim(10, { afterProject: LOWEST_ID, passedOver: [] })],
    ['a sweep', () => executions.sweepLapsed()],
    [
      'an ending',
      (executionId) =>
        endCall(executions, { projectId: context.projectId, executionId, fence: 1 }, 1, {
          succeeded: false,
          failure: FAILED,
        }),
    ],
    ['a cancel', (executionId) => executions.cancel(context.projectId, executionId)],
    [
      'a release',
      (executionId) => executions.release({ projectId: context.projectId, executionId, fence: 1 }, 0),
    ],
  ];

  /** A call can be under way only while the execution runs: the tables cannot store it otherwise. */
  const cases = STATUSES.flatMap((status) =>
    ATTEMPT_STATUSES.filter((attempt) => attempt !== 'dispatched' || status === 'running').flatMap(
      (attempt) => operations.map(([name, run]) => ({ status, attempt, name, run })),
    ),
  );

  it.each(STATUSES.filter((status) => status !== 'running'))(
    'is not being called while it is %s',
    async (status) => {
      const outcome = given(status, 'dispatched').then(statuses);
      if (status === 'queued') await expect(outcome).rejects.toThrow('executions_in_flight_called_check');
      else expect(await outcome).toBeUndefined();
    },
  );

  it.each(cases)(
    '$name moves a $status one with an attempt that is $attempt legally or not at all',
    async (each) => {
      await each.run(await given(each.status, each.attempt));
      const after = await statuses();
      expect([each.status, ...EXECUTION_MOVES[each.status]]).toContain(after.execution);
      expect([each.attempt, ...ATTEMPT_MOVES[each.attempt]]).toContain(after.attempt);
    },
  );
});
