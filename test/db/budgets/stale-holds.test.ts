import type { ClaimedExecution, ExecutionsRepository } from '../../../src/modules/executions/index.js';
import { answered } from '../../support/rows/call-outcomes.js';
import { endCall } from '../../support/rows/end-executions.js';
import { insertExecution, lapseLeases, emptyExecutions } from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
const ALL = { afterProject: LOWEST_ID, passedOver: [] };

/** The same process lost an execution and claimed it again, and both its entries meet in one batch of the journal. */
describe('a process that holds an execution twice, of which one hold is stale', () => {
  let context: LedgerContext;
  let executions: ExecutionsRepository;
  let ids: LedgerRows;
  let stale: ClaimedExecution;
  let current: ClaimedExecution;

  beforeAll(async () => {
    context = await openLedgerContext();
    executions = context.executions;
    ids = await insertOneOfEach(context.owner, context.projectId);
  });
  beforeEach(async () => {
    await emptyExecutions(context.owner);
    await insertExecution(context.owner, context.projectId, ids);
  });
  afterAll(() => context.close());

  async function claim(): Promise<ClaimedExecution> {
    return (await executions.claim(1, ALL))[0] as ClaimedExecution;
  }

  async function lose(): Promise<void> {
    await lapseLeases(context.owner);
    await executions.sweepLapsed();
  }

  it('dispatches under the current one only', async () => {
    stale = await claim();
    await lose();
    current = await claim();
    const both = [executions.dispatch(stale, 1, ids), executions.dispatch(current, 1, ids)];
    expect(await Promise.all(both)).toEqual([null, { keyId: null, tokensPerMinute: null, ancestors: [] }]);
    const { rows } = await context.owner.query('SELECT attempt, fence, status FROM execution_attempts_all');
    expect(rows).toEqual([{ attempt: 1, fence: 2, status: 'dispatched' }]);
  });

  describe('and has called under both', () => {
    beforeEach(async () => {
      stale = await claim();
      await executions.dispatch(stale, 1, ids);
      await lose();
      current = await claim();
      await executions.dispatch(current, 2, ids);
    });

    it('keeps the late answer as fenced beside the one that counts', async () => {
      const both = [
        endCall(executions, stale, 1, answered('late')),
        endCall(executions, current, 2, answered('in time')),
      ];
      expect(await Promise.all(both)).toEqual([false, true]);
      const { rows } = await context.owner.query(
        `SELECT e.status, array_agg(a.status ORDER BY attempt) AS attempts,
           array_agg(o.response_text ORDER BY attempt) AS answers, array_agg(o.late ORDER BY attempt) AS late
         FROM executions_all e JOIN execution_attempts_all a USING (execution_id) JOIN execution_outputs o USING (execution_id, attempt)
         GROUP BY e.status`,
      );
      expect(rows).toEqual([
        {
          status: 'succeeded',
          attempts: ['fenced', 'succeeded'],
          answers: ['late', 'in time'],
          late: [true, false],
        },
      ]);
    });

    it('is told that the stale one is lost, and keeps the other', async () => {
      expect(await executions.renew([stale, current])).toEqual([stale]);
    });
  });
});
