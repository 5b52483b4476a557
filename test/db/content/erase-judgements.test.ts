import { randomUUID } from 'node:crypto';
import { Metrics } from '../../../src/infra/metrics/index.js';
import { AuditService, systemActor } from '../../../src/modules/audit/index.js';
import type { Claim } from '../../../src/modules/executions/facts/claim.js';
import {
  ContentErasureRepository,
  ContentErasureService,
} from '../../../src/modules/executions/erasure/index.js';
import type { Beginning } from '../../../src/modules/executions/record/index.js';
import { type NewScore, ScoresRepository } from '../../../src/modules/scorers/scores/scores.repository.js';
import { BudgetRows } from '../../support/rows/budget-rows.js';
import { answered, failed } from '../../support/rows/call-outcomes.js';
import { endCall } from '../../support/rows/end-executions.js';
import { lapseLeases, emptyExecutions, emptyTables } from '../../support/rows/execution-rows.js';
import { findInDatabase } from '../../support/database/find-in-database.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';
import {
  AppConnection,
  type BeginningOptions,
  beginningOf,
  endingOf,
  entryOf,
  findMisplaced,
  placesOf,
  untilBlocked,
} from '../../support/worlds/record-world.js';

const CANARY = 'canary-of-judges-4711';
const JUDGEMENT = {
  variablesJson: `{"response_text": "${CANARY}"}`,
  rendered: { kind: 'text', text: `Judge ${CANARY}` },
  metadata: { note: CANARY },
} satisfies BeginningOptions['admitted'];
const ALL = { afterProject: '00000000-0000-0000-0000-000000000000', passedOver: [] };
const VERDICT = answered(`{"explanation": "It says ${CANARY}.", "value": 1}`);

let context: LedgerContext;
let ids: LedgerRows;
let contents: ContentErasureService;
let budgets: BudgetRows;

beforeAll(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  budgets = new BudgetRows(context);
  contents = new ContentErasureService(
    context.scope,
    new ContentErasureRepository(),
    new AuditService(),
    new Metrics(),
  );
});
beforeEach(async () => {
  await emptyExecutions(context.owner);
  await budgets.empty();
  await emptyTables(context.owner, 'idempotency_keys', 'judgements', 'scores');
});
afterAll(() => context.close());

const claimOf = ({ projectId, executionId }: Beginning, fence = 1): Claim => ({
  projectId,
  executionId,
  fence,
});

async function begin(options: BeginningOptions = {}): Promise<Beginning> {
  const beginning = await beginningOf(context, ids, options);
  expect(typeof (await context.executions.begin(beginning))).toBe('object');
  return beginning;
}

/** Makes an ended execution that does not itself contain the canary. */
async function answer(options: BeginningOptions = {}): Promise<Beginning> {
  const one = await begin(options);
  await endCall(context.executions, claimOf(one), 1, answered('Hello'));
  return one;
}

const judgementOf = (scored: Beginning, options: BeginningOptions = {}): BeginningOptions => ({
  status: 'queued',
  key: `judge ${scored.executionId}`,
  ...options,
  admitted: { ...JUDGEMENT, ...options.admitted },
  more: { scoredExecutionId: scored.executionId, ...options.more },
});
const judge = (scored: Beginning, options?: BeginningOptions) => begin(judgementOf(scored, options));

/** Makes a judgement that is claimed and being called. */
async function call(scored: Beginning): Promise<{ judgement: Beginning; claim: Claim }> {
  const judgement = await judge(scored);
  const [claim] = await context.executions.claim(1, ALL);
  expect(claim).toMatchObject({ executionId: judgement.executionId });
  expect(await context.executions.dispatch(claim as Claim, 1, ids)).not.toBeNull();
  return { judgement, claim: claim as Claim };
}

const erase = ({ executionId, projectId }: Beginning) => contents.erase(systemActor(projectId), executionId);
const search = () => findInDatabase(context.owner, [CANARY]);

type Row = Record<string, unknown>;

async function findRows(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await context.owner.query<Row>(text, values)).rows;
}
async function findOver({ executionId }: Beginning): Promise<Row | undefined> {
  const text = 'SELECT status, content_erased_at, attempts_made FROM executions WHERE execution_id = $1';
  return (await findRows(text, [executionId]))[0];
}
const ERASED = { content_erased_at: expect.any(Date) as Date };
const CANCELED = { ...ERASED, status: 'canceled' };

/** Opens a transaction of another process that erases and has not committed. */
async function startErasing({ projectId, executionId }: Beginning): Promise<AppConnection> {
  const erasing = await AppConnection.open(context);
  await erasing.beginTransaction(projectId);
  await erasing.query('SELECT ledger_erase_content($1, $2)', [projectId, executionId]);
  return erasing;
}

async function commit(connection: AppConnection): Promise<void> {
  await connection.commit();
  await connection.close();
}

/** Opens a transaction of another process that begins a judgement and has not committed. */
async function startBeginning(judgement: Beginning): Promise<{ process: AppConnection; rows: Row[] }> {
  const process = await AppConnection.open(context);
  await process.query('BEGIN');
  const rows = await process.query('SELECT * FROM ledger_begin_judgements($1, $2, 60000, false)', [
    JSON.stringify([entryOf(judgement)]),
    [judgement.projectId],
  ]);
  return { process, rows };
}

afterEach(async () => {
  expect(await search()).toEqual([]);
  expect(await findMisplaced(context)).toEqual([]);
});

describe('a judgement of an execution that is erased', () => {
  it('goes with it when it is over, whether it made a score or not', async () => {
    const scored = await answer();
    const judgement = await judge(scored);
    const [claim] = await context.executions.claim(1, ALL);
    await context.executions.dispatch(claim as Claim, 1, ids);
    await endCall(context.executions, claim as Claim, 1, VERDICT);
    expect((await search()).length).toBeGreaterThan(3);
    await erase(scored);
    expect(await findOver(judgement)).toMatchObject({ ...ERASED, status: 'succeeded' });
  });

  it('is canceled while it waits in the queue, and nobody gets it any more', async () => {
    const scored = await answer();
    const judgement = await judge(scored);
    expect(await search()).not.toEqual([]);
    await erase(scored);
    expect(await search()).toEqual([]);
    expect(await findOver(judgement)).toMatchObject({ ...CANCELED, attempts_made: 0 });
    expect(await context.executions.claim(10, ALL)).toEqual([]);
  });

  it('is not sent when it was claimed before, and not yet called', async () => {
    const scored = await answer();
    const judgement = await judge(scored);
    const [claim] = await context.executions.claim(1, ALL);
    await erase(scored);
    expect(await context.executions.dispatch(claim as Claim, 1, ids)).toBeNull();
    expect(await findOver(judgement)).toMatchObject({ ...CANCELED, attempts_made: 0 });
  });

  it('is canceled while its judge is being called, whose answer then counts and is not kept', async () => {
    const scored = await answer();
    const { judgement, claim } = await call(scored);
    await erase(scored);
    // At once, and not only when the judge has answered.
    expect(await search()).toEqual([]);
    expect(await findOver(judgement)).toMatchObject({ ...CANCELED, attempts_made: 1 });
    expect(await context.executions.renew([claim])).toEqual([claim]);

    expect(await endCall(context.executions, claim, 1, VERDICT)).toBe(false);
    const attempts = `SELECT status, late, prompt_tokens FROM execution_attempts WHERE execution_id = $1 ORDER BY late`;
    expect(await findRows(attempts, [judgement.executionId])).toEqual([
      { status: 'outcome_unknown', late: false, prompt_tokens: null },
      { status: 'fenced', late: true, prompt_tokens: 3 },
    ]);
  });

  it('stays erased when the process that called its judge was killed', async () => {
    const scored = await answer();
    const { judgement } = await call(scored);
    await erase(scored);
    await lapseLeases(context.owner);
    expect(await context.executions.sweepLapsed()).toEqual([]);
    expect(await findOver(judgement)).toMatchObject(CANCELED);
  });

  it('is canceled after its process was killed, before a sweep has found it', async () => {
    const scored = await answer();
    const { judgement } = await call(scored);
    await lapseLeases(context.owner);
    await erase(scored);
    expect(await findOver(judgement)).toMatchObject(CANCELED);
    expect(await context.executions.sweepLapsed()).toEqual([]);
  });

  it('is canceled between two attempts, and is not tried again', async () => {
    const scored = await answer();
    const { judgement, claim } = await call(scored);
    await endCall(context.executions, claim, 1, failed, { kind: 'queued', waitMs: 0 });
    await erase(scored);
    expect(await findOver(judgement)).toMatchObject({ ...CANCELED, attempts_made: 1 });
    expect(await context.executions.claim(10, ALL)).toEqual([]);
  });

  it('is canceled in its second attempt too', async () => {
    const scored = await answer();
    const { judgement, claim } = await call(scored);
    await endCall(context.executions, claim, 1, failed, { kind: 'running', model: ids } as never);
    await erase(scored);
    expect(await findOver(judgement)).toMatchObject({ ...CANCELED, attempts_made: 2 });
    expect(await endCall(context.executions, claim, 2, VERDICT)).toBe(false);
  });

  it('goes however long the chain is: a judgement of a judgement, which is under way', async () => {
    const scored = await answer();
    const { judgement, claim } = await call(scored);
    await endCall(context.executions, claim, 1, VERDICT);
    const second = await call(judgement);
    await erase(scored);
    expect(await search()).toEqual([]);
    expect(await findOver(second.judgement)).toMatchObject(CANCELED);
    expect(await endCall(context.executions, second.claim, 1, VERDICT)).toBe(false);
  });

  it('goes by age as well', async () => {
    const { owner, projectId } = context;
    const [old] = await findRows(`SELECT ledger_uuid7_floor(now() - interval '2 days') AS id`);
    const scored = await answer({ more: { executionId: old?.['id'] as string } });
    const { judgement, claim } = await call(scored);
    await owner.query('DELETE FROM content_expiry');
    await owner.query(`UPDATE executions_in_flight SET environment = 'experiment'`);
    const { environment } = scored.admitted;
    await owner.query(`UPDATE projects SET settings = $2 WHERE project_id = $1`, [
      projectId,
      JSON.stringify({ retention_days: { [environment]: 1 } }),
    ]);
    const [expired] = await context.scope.system<{ erased: number }>(
      'SELECT ledger_expire_content($1, $2, 50) AS erased',
      [projectId, environment],
    );
    expect(expired).toEqual({ erased: 1 });
    expect(await findOver(judgement)).toMatchObject(CANCELED);
    expect(await endCall(context.executions, claim, 1, VERDICT)).toBe(false);
    await owner.query(`UPDATE projects SET settings = '{}' WHERE project_id = $1`, [projectId]);
  });

  it('gives back what its budgets held for a call that is not made any more', async () => {
    const scored = await answer();
    await budgets.make(1000);
    await judge(scored, { admitted: { bound: { inputPicoUsd: 2n, outputPicoUsd: 1n, responseTokens: 8 } } });
    expect(await budgets.periods()).toMatchObject([{ held: 10, spent: 0 }]);
    await erase(scored);
    expect(await budgets.periods()).toMatchObject([{ held: 0, spent: 0 }]);
  });
});

describe('a judgement that begins', () => {
  it('is refused after the erasure, and nothing of it is written', async () => {
    const scored = await answer();
    await erase(scored);
    const late = await beginningOf(context, ids, judgementOf(scored));
    await expect(context.executions.begin(late)).rejects.toMatchObject({
      code: 'CONTENT_ERASED',
      status: 410,
    });
    expect(await placesOf(context, late.executionId)).toEqual({ in_flight: 0, over: 0 });
    expect(await findRows('SELECT FROM judgements')).toEqual([]);
    expect(await findRows('SELECT FROM idempotency_keys')).toEqual([]);
  });

  it('is refused with the erased, and its neighbours of the same commit begin', async () => {
    const [erased, kept] = [await answer(), await answer()];
    await erase(erased);
    const both = [
      await beginningOf(context, ids, judgementOf(erased)),
      await beginningOf(
        context,
        ids,
        judgementOf(kept, { admitted: { ...JUDGEMENT, rendered: { kind: 'text', text: 'x' } } }),
      ),
    ];
    const rows = await context.scope.transaction(context.projectId, (tx) =>
      tx.query<Row[]>('SELECT execution_id, state FROM ledger_begin_judgements($1, $2, 60000, false)', [
        JSON.stringify(both.map(entryOf)),
        [context.projectId],
      ]),
    );
    expect(rows).toEqual([
      { execution_id: both[0]?.executionId, state: 'erased' },
      { execution_id: both[1]?.executionId, state: 'begun' },
    ]);
    await erase(kept);
  });

  it('is waited for by an erasure, which then finds it', async () => {
    const scored = await answer();
    const judgement = await beginningOf(context, ids, judgementOf(scored));
    const { process, rows } = await startBeginning(judgement);
    expect(rows).toMatchObject([{ state: 'begun' }]);
    const erasing = erase(scored);
    await untilBlocked(context);
    await commit(process);
    await erasing;
    expect(await findOver(judgement)).toMatchObject(CANCELED);
  });

  it('waits for an erasure that is under way, and is refused then', async () => {
    const scored = await answer();
    const erasing = await startErasing(scored);
    const judgement = await beginningOf(context, ids, judgementOf(scored));
    const begun = context.executions.begin(judgement).catch((error: unknown) => error);
    await untilBlocked(context);
    await commit(erasing);
    expect(await begun).toMatchObject({ code: 'CONTENT_ERASED' });
    expect(await placesOf(context, judgement.executionId)).toEqual({ in_flight: 0, over: 0 });
  });

  it('waits for an erasure that comes to nothing, and begins', async () => {
    const scored = await answer();
    const erasing = await startErasing(scored);
    const begun = judge(scored);
    await untilBlocked(context);
    await erasing.rollback();
    await erasing.close();
    expect(await placesOf(context, (await begun).executionId)).toEqual({ in_flight: 1, over: 0 });
    await erase(scored);
  });

  it('is linked once when the answer to its commit is lost', async () => {
    const scored = await answer();
    context.connections.loseAnswerOf('begin-judgements');
    const judgement = await judge(scored);
    expect(await findRows('SELECT execution_id, scored_execution_id FROM judgements')).toEqual([
      { execution_id: judgement.executionId, scored_execution_id: scored.executionId },
    ]);
    await erase(scored);
    expect(await findOver(judgement)).toMatchObject(CANCELED);
  });

  it('is refused when it was erased before its caller knew that it had begun', async () => {
    const scored = await answer();
    context.connections.loseAnswerOf('begin-judgements', () => erase(scored));
    const judgement = await beginningOf(context, ids, judgementOf(scored));
    await expect(context.executions.begin(judgement)).rejects.toMatchObject({ code: 'CONTENT_ERASED' });
    expect(await findOver(judgement)).toMatchObject(CANCELED);
  });

  it('does not keep a plain execution waiting while an erasure is under way', async () => {
    const scored = await answer();
    const erasing = await startErasing(scored);
    const begun = context.executions
      .begin(await beginningOf(context, ids, judgementOf(scored)))
      .catch((error: unknown) => error);
    await untilBlocked(context);
    await answer({ key: 'another' });
    await commit(erasing);
    await begun;
  });
});

describe('a judgement that ends', () => {
  it('is waited for by an erasure, which then erases it', async () => {
    const scored = await answer();
    const { judgement, claim } = await call(scored);
    const ending = await AppConnection.open(context);
    await ending.beginTransaction(context.projectId);
    expect(await ending.end('ledger_end', [endingOf(claim, VERDICT)])).toEqual([judgement.executionId]);
    const erasing = erase(scored);
    await untilBlocked(context);
    await commit(ending);
    await erasing;
    expect(await findOver(judgement)).toMatchObject({ ...ERASED, status: 'succeeded' });
  });

  it('waits for an erasure that is under way, and comes too late then', async () => {
    const scored = await answer();
    const { judgement, claim } = await call(scored);
    const erasing = await startErasing(scored);
    const ended = endCall(context.executions, claim, 1, VERDICT);
    await untilBlocked(context);
    await commit(erasing);
    expect(await ended).toBe(false);
    expect(await findOver(judgement)).toMatchObject(CANCELED);
  });

  it('ends as always when the process that erases dies first', async () => {
    const scored = await answer();
    const { judgement, claim } = await call(scored);
    const erasing = await startErasing(scored);
    const ended = endCall(context.executions, claim, 1, VERDICT);
    await untilBlocked(context);
    // Closes without a commit.
    await erasing.close();
    expect(await ended).toBe(true);
    expect(await findOver(judgement)).toMatchObject({ status: 'succeeded', content_erased_at: null });
    await erase(scored);
  });
});

describe('a score of an execution that is erased', () => {
  const quoted = { value: 1, label: null, passed: true, explanation: `It says ${CANARY}.` };
  let version: LedgerRows['versionId'];
  let scorerId: string;

  beforeAll(async () => {
    const [scorer] = await findRows('SELECT scorer_id, scorer_version_id FROM scorer_versions');
    version = scorer?.['scorer_version_id'] as string;
    scorerId = scorer?.['scorer_id'] as string;
  });

  const scoreOf = (scored: Beginning, source: 'judge' | 'check' | 'api', more: object = {}): NewScore => ({
    scoreId: randomUUID(),
    executionId: scored.executionId,
    scorerId,
    scorerVersionId: version,
    source,
    ...quoted,
    judgeExecutionId: null,
    createdBy: 'admin',
    userId: null,
    keyId: null,
    createdAt: new Date(),
    ...more,
  });
  const keep = (...scores: NewScore[]) =>
    context.scope.transaction(context.projectId, (tx) =>
      new ScoresRepository().add(tx, context.projectId, scores),
    );
  const kept = () => findRows('SELECT source, passed, explanation FROM scores ORDER BY sequence');

  it('has no explanation when it is kept afterwards, and neither has one of an erased judgement', async () => {
    const [scored, other] = [await answer(), await answer()];
    await erase(scored);
    await keep(
      scoreOf(scored, 'check'),
      scoreOf(scored, 'judge'),
      scoreOf(other, 'judge', { judgeExecutionId: scored.executionId }),
    );
    expect(await kept()).toEqual([
      { source: 'check', passed: true, explanation: null },
      { source: 'judge', passed: true, explanation: null },
      { source: 'judge', passed: true, explanation: null },
    ]);
  });

  it('waits for an erasure that is under way', async () => {
    const scored = await answer();
    const erasing = await startErasing(scored);
    const keeping = keep(scoreOf(scored, 'judge'));
    await untilBlocked(context);
    await commit(erasing);
    await keeping;
    expect(await kept()).toMatchObject([{ explanation: null }]);
  });

  it('is waited for by an erasure', async () => {
    const scored = await answer();
    let erasing: Promise<void> | undefined;
    await context.scope.transaction(context.projectId, async (tx) => {
      await new ScoresRepository().add(tx, context.projectId, [scoreOf(scored, 'judge')]);
      erasing = erase(scored);
      await untilBlocked(context);
    });
    await erasing;
    expect(await kept()).toMatchObject([{ explanation: null }]);
  });

  it('keeps what a person says of it afterwards', async () => {
    const scored = await answer();
    await erase(scored);
    await keep(scoreOf(scored, 'api', { explanation: 'The customer called.' }));
    expect(await kept()).toMatchObject([{ explanation: 'The customer called.' }]);
  });
});

describe('what callers say themselves', () => {
  const claimsToJudge = (scored: Beginning) => ({
    scorer: 'judge@1',
    scored_execution_id: scored.executionId,
  });

  it('has no foreign execution erased along', async () => {
    const scored = await answer();
    const mine = await answer({ key: 'mine', admitted: { metadata: claimsToJudge(scored) } });
    const waiting = await begin({ status: 'queued', admitted: { metadata: claimsToJudge(scored) } });
    await erase(scored);
    expect(await findOver(mine)).toMatchObject({ status: 'succeeded', content_erased_at: null });
    expect(await placesOf(context, waiting.executionId)).toEqual({ in_flight: 1, over: 0 });
  });

  it('hides no judgement: what the server has written counts', async () => {
    const [scored, other] = [await answer(), await answer()];
    const judgement = await judge(scored, {
      admitted: { metadata: { ...claimsToJudge(other), note: CANARY } },
    });
    await erase(other);
    expect(await placesOf(context, judgement.executionId)).toEqual({ in_flight: 1, over: 0 });
    await erase(scored);
    expect(await findOver(judgement)).toMatchObject(CANCELED);
  });
});
