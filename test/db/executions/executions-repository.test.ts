import type { DatabaseClock } from '../../../src/infra/database/index.js';
import type { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import { Claims } from '../../../src/modules/executions/record/claim.js';
import { answered, failed } from '../../support/rows/call-outcomes.js';
import { endCall } from '../../support/rows/end-executions.js';
import {
  type ExecutionOptions,
  insertAttempt,
  insertExecution,
  lapseLeases,
  setLapses,
  takeOver,
  emptyExecutions,
} from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
const ALL = { afterProject: LOWEST_ID, passedOver: [] };

const hello = answered('Hello!');

describe('ExecutionsRepository', () => {
  let context: LedgerContext;
  let executions: ExecutionsRepository;
  let ids: LedgerRows;
  let other: LedgerRows;

  beforeAll(async () => {
    context = await openLedgerContext();
    ids = await insertOneOfEach(context.owner, context.projectId);
    other = await insertOneOfEach(context.owner, context.otherProjectId);
  });

  beforeEach(async () => {
    await emptyExecutions(context.owner);
    executions = context.openExecutions();
  });

  afterAll(() => context.close());

  const insert = (options: ExecutionOptions = {}) =>
    insertExecution(context.owner, context.projectId, ids, options);

  async function row(executionId: string): Promise<Record<string, unknown>> {
    const { rows } = await context.owner.query<Record<string, unknown>>(
      `SELECT e.status, e.fence, e.attempts_made, e.error_type, e.lease_until IS NULL AS unleased, o.response_text,
         (SELECT array_agg(a.status ORDER BY a.attempt) FROM execution_attempts_all a WHERE a.execution_id = e.execution_id) AS attempts
       FROM executions_all e LEFT JOIN execution_outputs o
         ON o.project_id = e.project_id AND o.execution_id = e.execution_id AND NOT o.late
       WHERE e.execution_id = $1`,
      [executionId],
    );
    return rows[0] as Record<string, unknown>;
  }

  async function claimOne(executionId: string) {
    const claimed = (await executions.claim(10, ALL)).find((each) => each.executionId === executionId);
    if (claimed === undefined) throw new Error('not claimed');
    return claimed;
  }

  describe('a claim', () => {
    it('takes what is due, oldest first, and nothing that is not due, running or final', async () => {
      const late = await insert({ dueInS: -10 });
      const later = await insert({ dueInS: -5 });
      await insert({ dueInS: 60 });
      await insert({ status: 'running', leaseInS: 60 });
      expect((await executions.claim(10, ALL)).map(({ executionId }) => executionId).sort()).toEqual(
        [late, later].sort(),
      );
      expect(await executions.claim(10, ALL)).toEqual([]);
    });

    it('takes no more than there are slots, and leaves the rest to others', async () => {
      for (let count = 0; count < 5; count += 1) await insert();
      const claims = await Promise.all([1, 2, 3].map(() => executions.claim(2, ALL)));
      expect(claims.map(({ length }) => length).sort()).toEqual([1, 2, 2]);
      expect(new Set(claims.flat().map(({ executionId }) => executionId)).size).toBe(5);
    });

    it('brings what the call needs, and raises the fence', async () => {
      const executionId = await insert();
      expect(await claimOne(executionId)).toEqual({
        projectId: context.projectId,
        executionId,
        fence: 1,
        mask: null,
        mayHaveDuties: false,
        targets: [{ modelId: ids.modelId, provider: 'echo', modelName: 'echo' }],
        nextIndex: 0,
        extras: {},
        timeoutMs: 1000,
        attemptsMade: 0,
        maxAttempts: 4,
        messages: [{ role: 'user', content: 'Hello' }],
        params: {},
      });
      expect(await row(executionId)).toMatchObject({
        status: 'running',
        fence: 1,
        unleased: false,
        attempts: null,
      });
    });

    it('gives every project its share, however much of one is due', async () => {
      for (let count = 0; count < 6; count += 1) await insert({ dueInS: -60 });
      const single = await insertExecution(context.owner, context.otherProjectId, other);
      const claimed = await executions.claim(3, ALL);
      expect(claimed.map(({ executionId }) => executionId)).toContain(single);
      expect(claimed).toHaveLength(3);
    });

    it('goes round the projects, and begins with the next one', async () => {
      const projects: string[] = [];
      for (let count = 0; count < 2; count += 1) {
        await insert();
        await insertExecution(context.owner, context.otherProjectId, other);
      }
      for (let afterProject = LOWEST_ID; projects.length < 4; afterProject = projects.at(-1) as string) {
        const [claimed] = await executions.claim(1, { ...ALL, afterProject });
        projects.push((claimed as { projectId: string }).projectId);
      }
      expect(projects[0]).toBe(projects[2]);
      expect(projects[1]).toBe(projects[3]);
      expect(new Set(projects).size).toBe(2);
    });

    it('passes over the projects that it is told to', async () => {
      await insert();
      expect(await executions.claim(3, { ...ALL, passedOver: [context.projectId] })).toEqual([]);
    });

    it('begins where the last look that took all there was has been, with some time for late commits', async () => {
      const { rows } = await context.owner.query<{ now: Date }>('SELECT now() AS now');
      const clock = { nowMs: () => (rows[0] as { now: Date }).now.getTime() + passedMs };
      let passedMs = 0;
      const claims = new Claims(context.connections, clock as DatabaseClock, 1000);
      expect(await claims.take(10, ALL)).toEqual([]);
      const late = await insert({ dueInS: -5 });
      const forgotten = await insert({ dueInS: -30 });
      expect((await claims.take(10, ALL)).map(({ executionId }) => executionId)).toEqual([late]);
      passedMs = 60_000;
      expect((await claims.take(10, ALL)).map(({ executionId }) => executionId)).toEqual([forgotten]);
    });

    it('that was full looks at everything again', async () => {
      for (let count = 0; count < 4; count += 1) await insert({ dueInS: -30 });
      for (let count = 0; count < 2; count += 1) expect(await executions.claim(2, ALL)).toHaveLength(2);
    });
  });

  describe('a call', () => {
    it('has its attempt before it is made, and ends with the answer', async () => {
      const claimed = await claimOne(await insert());
      expect(await executions.dispatch(claimed, 1, ids)).not.toBeNull();
      expect(await row(claimed.executionId)).toMatchObject({ attempts_made: 1, attempts: ['dispatched'] });
      expect(await endCall(executions, claimed, 1, hello)).toBe(true);
      expect(await row(claimed.executionId)).toMatchObject({
        status: 'succeeded',
        response_text: 'Hello!',
        unleased: true,
        attempts: ['succeeded'],
      });
    });

    it('gets all its time, however long the claim has waited', async () => {
      const claimed = await claimOne(await insert());
      await lapseLeases(context.owner);
      await executions.dispatch(claimed, 1, ids);
      expect(await executions.sweepLapsed()).toEqual([]);
    });

    it('ends with the failure', async () => {
      const claimed = await claimOne(await insert());
      await executions.dispatch(claimed, 1, ids);
      await endCall(executions, claimed, 1, failed);
      expect(await row(claimed.executionId)).toMatchObject({
        status: 'failed',
        error_type: 'provider_error',
        response_text: null,
        attempts: ['failed'],
      });
    });

    it('is not dispatched by who has lost the execution', async () => {
      const claimed = await claimOne(await insert());
      await takeOver(context.owner);
      expect(await executions.dispatch(claimed, 1, ids)).toBeNull();
      expect(await row(claimed.executionId)).toMatchObject({ attempts: null, attempts_made: 0 });
    });

    it('that comes back too late is kept as fenced, and changes nothing else', async () => {
      const claimed = await claimOne(await insert());
      await executions.dispatch(claimed, 1, ids);
      await takeOver(context.owner);
      expect(await endCall(executions, claimed, 1, hello)).toBe(false);
      expect(await row(claimed.executionId)).toMatchObject({
        status: 'running',
        fence: 2,
        response_text: null,
        attempts: ['fenced'],
      });
      const { rows } = await context.owner.query('SELECT late, response_text FROM execution_outputs');
      expect(rows).toEqual([{ late: true, response_text: 'Hello!' }]);
    });

    it('ends once, and who asks again is told that it was theirs', async () => {
      const claimed = await claimOne(await insert());
      await executions.dispatch(claimed, 1, ids);
      await endCall(executions, claimed, 1, hello);
      expect(await endCall(executions, claimed, 1, failed)).toBe(true);
      expect(await row(claimed.executionId)).toMatchObject({ status: 'succeeded', attempts: ['succeeded'] });
    });
  });

  describe('a sweep', () => {
    it('leaves alone what is within its lease', async () => {
      await insert({ status: 'running', leaseInS: 60, fence: 1 });
      expect(await executions.sweepLapsed()).toEqual([]);
    });

    it('queues again what was claimed and never sent', async () => {
      const executionId = await insert({
        status: 'running',
        leaseInS: -1,
        fence: 1,
        attemptsMade: 0,
        onUnknown: 'fail',
      });
      expect(await executions.sweepLapsed()).toEqual([{ executionId, fence: 1, status: 'queued' }]);
      expect(await row(executionId)).toMatchObject({ status: 'queued', unleased: true });
    });

    it.each([
      ['queues again', 'async', 'retry', 'queued'],
      ['fails, as asked,', 'async', 'fail', 'failed'],
      ['fails, since nobody waits any more,', 'sync', 'retry', 'failed'],
    ] as const)('%s a sent one of mode %s with on_unknown %s', async (_says, mode, onUnknown, status) => {
      const executionId = await insert({ status: 'running', mode, leaseInS: -1, fence: 1, onUnknown });
      await insertAttempt(context.owner, context.projectId, executionId);
      expect(await executions.sweepLapsed()).toEqual([{ executionId, fence: 1, status }]);
      expect(await row(executionId)).toMatchObject({
        status,
        error_type: status === 'failed' ? 'outcome_unknown' : null,
        attempts: ['outcome_unknown'],
      });
    });

    it('ends what has killed its process too often', async () => {
      const executionId = await insert({ status: 'running', leaseInS: -1, fence: 20 });
      await setLapses(context.owner, [{ id: executionId, lapses: 9 }]);
      expect(await executions.sweepLapsed()).toEqual([{ executionId, fence: 20, status: 'failed' }]);
    });

    it('ends what has used up its attempts', async () => {
      const executionId = await insert({ status: 'running', leaseInS: -1, fence: 4 });
      await insertAttempt(context.owner, context.projectId, executionId, { attempt: 4 });
      expect(await executions.sweepLapsed()).toEqual([{ executionId, fence: 4, status: 'failed' }]);
    });

    it('fences the late answer of a call that it has given up', async () => {
      const claimed = await claimOne(await insert());
      await executions.dispatch(claimed, 1, ids);
      await lapseLeases(context.owner);
      await executions.sweepLapsed();
      expect(await endCall(executions, claimed, 1, hello)).toBe(false);
      expect(await row(claimed.executionId)).toMatchObject({ status: 'queued', attempts: ['fenced'] });
    });
  });
});
