import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { DatabaseClock } from '../../../src/infra/database/index.js';
import { SystemClock } from '../../../src/kernel/index.js';
import { systemActor } from '../../../src/modules/audit/index.js';
import type { ComputedScore } from '../../../src/modules/scorers/index.js';
import { ScorerCatalogue, ScoreLog, type ScorerVersion } from '../../../src/modules/scorers/index.js';
import { ScorersRepository } from '../../../src/modules/scorers/scorers.repository.js';
import { ScoresRepository } from '../../../src/modules/scorers/scores/scores.repository.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertPastExecutions } from '../../support/worlds/past-weeks.js';

const SCORE: ComputedScore = {
  kind: 'score',
  source: 'check',
  value: 1,
  label: null,
  passed: true,
  explanation: null,
  judgeExecutionId: null,
};

let context: LedgerContext;
let clock: DatabaseClock;
let log: ScoreLog;
let version: ScorerVersion;
const scores = new ScoresRepository();

beforeAll(async () => {
  context = await openLedgerContext();
  clock = new DatabaseClock(context.scope, new SystemClock());
  await clock.onModuleInit();
  log = new ScoreLog(scores, clock);
  const { projectId, scope } = context;
  const scorers = new ScorersRepository();
  version = await scope.transaction(projectId, async (tx) => {
    const { scorerId } = await scorers.findOrCreateLocked(tx, projectId, 'short', 'check');
    await scorers.insertVersion(tx, {
      projectId,
      scorerId,
      versionNumber: 1,
      definitionJson: '{"check":"json_valid"}',
      checksumHash: 'a'.repeat(64),
      createdBy: 'admin',
    });
    return new ScorerCatalogue(scorers).getVersion(tx, projectId, 'short', null);
  });
});
afterAll(async () => {
  clock.onModuleDestroy();
  await context.close();
});

const keep = (executionIds: readonly string[], score = SCORE) =>
  context.scope.transaction(context.projectId, (tx) =>
    log.keep(
      tx,
      systemActor(context.projectId),
      executionIds.map((executionId) => ({ executionId, version, score })),
    ),
  );

const list = (executionId: string) =>
  context.scope.transaction(context.projectId, (tx) =>
    scores.list(tx, context.projectId, { executionId, limit: 10 }),
  );

/** Counts each time that the transaction has accessed a page of executions or of their indexes. */
async function countPagesOfExecutions(tx: EntityManager): Promise<number> {
  const [row] = await tx.query<{ pages: number }[]>(
    `SELECT sum(pg_stat_get_xact_blocks_fetched(oid))::integer AS pages FROM pg_class WHERE relname LIKE 'executions\\_2%'`,
  );
  return row?.pages ?? 0;
}

describe('scores that were computed', () => {
  it('are kept once for each execution and version, and the first one stays', async () => {
    const id = randomUUID();
    await keep([id, id]);
    await keep([id], { ...SCORE, value: 0, passed: false });
    expect(await list(id)).toMatchObject([{ value: 1, passed: true, scorerName: 'short', versionNumber: 1 }]);
    await keep([id], { ...SCORE, source: 'judge', judgeExecutionId: randomUUID() });
    expect(await list(id)).toHaveLength(2);
  });

  it('are kept once by any number of processes at the same time', async () => {
    const ids = Array.from({ length: 10 }, () => randomUUID());
    await Promise.all(Array.from({ length: 6 }, () => keep(ids)));
    for (const id of ids) expect(await list(id)).toHaveLength(1);
  });

  it('are numbered in the order of their commits: who has seen one has seen all lower ones', async () => {
    const { scope, projectId } = context;
    let isSlowCommitted = false;
    let started: () => void = () => undefined;
    const hasTaken = new Promise<void>((resolve) => (started = resolve));
    const slow = scope
      .transaction(projectId, async (tx) => {
        await log.keep(tx, systemActor(projectId), [{ executionId: randomUUID(), version, score: SCORE }]);
        started();
        await tx.query('SELECT pg_sleep(0.2)');
      })
      .then(() => (isSlowCommitted = true));
    await hasTaken;
    const later = randomUUID();
    await keep([later]);
    expect(isSlowCommitted).toBe(true);
    await slow;
    const [found] = await list(later);
    const { rows } = await context.owner.query<{ numbers: string }>(
      'SELECT count(*)::text AS numbers FROM scores WHERE project_id = $1 AND sequence > $2',
      [projectId, found?.sequence],
    );
    expect(rows[0]?.numbers).toBe('0');
  });

  it('look their executions up by id, however many there are that Postgres has no statistics of', async () => {
    const { owner, projectId, scope } = context;
    const { rows } = await owner.query<{ modelId: string }>(
      `INSERT INTO models (project_id, provider, model_name) VALUES ($1, 'echo', 'echo') RETURNING model_id AS "modelId"`,
      [projectId],
    );
    const today = { projectId, modelId: rows[0]!.modelId, environment: 'dev', fromDay: 0, toDay: 0 };
    await insertPastExecutions(owner, { ...today, perDay: 3_000 });
    const score = { ...SCORE, source: 'judge', explanation: 'good', judgeExecutionId: randomUUID() } as const;
    const pages = await scope.transaction(projectId, async (tx) => {
      const before = await countPagesOfExecutions(tx);
      await log.keep(tx, systemActor(projectId), [{ executionId: randomUUID(), version, score }]);
      return (await countPagesOfExecutions(tx)) - before;
    });
    expect(pages).toBeLessThan(200);
  });

  it('are numbered in each project by itself', async () => {
    const { owner, otherProjectId } = context;
    const { rows } = await owner.query('SELECT latest FROM score_sequences WHERE project_id = $1', [
      otherProjectId,
    ]);
    expect(rows).toEqual([]);
  });
});

describe('a version of a scorer', () => {
  it('is found by name and number, and by its id', async () => {
    const { scope, projectId } = context;
    const catalogue = new ScorerCatalogue(new ScorersRepository());
    const found = await scope.transaction(projectId, (tx) => catalogue.getVersion(tx, projectId, 'short', 1));
    expect(found).toEqual(version);
    expect(version).toMatchObject({ definition: { kind: 'check', check: 'json_valid', negate: false } });
    const byId = await scope.transaction(projectId, (tx) =>
      catalogue.findVersionById(tx, projectId, version.scorerVersionId),
    );
    expect(byId).toEqual(version);
    const refusal = (name: string, number: number | null) =>
      scope.transaction(projectId, (tx) => catalogue.getVersion(tx, projectId, name, number));
    await expect(refusal('short', 2)).rejects.toMatchObject({ code: 'SCORER_VERSION_NOT_FOUND' });
    await expect(refusal('nobody', null)).rejects.toMatchObject({ code: 'SCORER_NOT_FOUND' });
    await expect(refusal('nobody', 1)).rejects.toMatchObject({ code: 'SCORER_NOT_FOUND' });
  });
});
