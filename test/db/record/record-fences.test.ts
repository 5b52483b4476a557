import type { EndEntry } from '../../../src/infra/database/index.js';
import type { Claim } from '../../../src/modules/executions/facts/claim.js';
import { begunAs } from '../../support/rows/admitted.js';
import { answered, failed } from '../../support/rows/call-outcomes.js';
import { emptyExecutions, emptyTables } from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';
import {
  AppConnection,
  beginningOf,
  endingOf,
  findMisplaced,
  type LedgerIds,
  placesOf,
  untilBlocked,
} from '../../support/worlds/record-world.js';

const IN_FLIGHT = { in_flight: 1, over: 0 };
const OVER = { in_flight: 0, over: 1 };

let context: LedgerContext;
let ids: LedgerRows;
let app: AppConnection;
/** Another process that works on the same rows. */
let other: AppConnection;

beforeAll(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  await emptyTables(context.owner, 'budget_holds', 'budget_periods', 'budgets');
  [app, other] = await Promise.all([AppConnection.open(context), AppConnection.open(context)]);
});
beforeEach(() => emptyExecutions(context.owner));
afterEach(async () => expect(await findMisplaced(context)).toEqual([]));
afterAll(async () => {
  await Promise.all([app.close(), other.close()]);
  await context.close();
});

/** Makes an execution whose first attempt is under way, under fence 1. */
async function running(): Promise<Claim> {
  const one = await beginningOf(context, ids);
  expect(begunAs(await context.executions.begin(one))).toBe('begun');
  return { projectId: one.projectId, executionId: one.executionId, fence: 1 };
}

async function attempts(): Promise<unknown[]> {
  return (await context.owner.query('SELECT attempt, status, late FROM execution_attempts ORDER BY 1, 3'))
    .rows;
}

describe.each(['ledger_end_plain', 'ledger_end'] as const)('%s', (name) => {
  it('ends what is as it says: one final row, one attempt, and nothing in flight', async () => {
    const claim = await running();
    expect(await app.end(name, [endingOf(claim, answered('Hello'))])).toEqual([claim.executionId]);
    expect(await placesOf(context, claim.executionId)).toEqual(OVER);
    expect(await attempts()).toEqual([{ attempt: 1, status: 'succeeded', late: false }]);
  });

  it.each<[string, Partial<EndEntry>]>([
    ['an older fence', { fence: 0 }],
    ['a fence that nobody has yet', { fence: 2 }],
    ['an attempt that was made before', { attempt: 0 }],
    ['an attempt that was not made yet', { attempt: 2 }],
  ])('ends nothing for who shows %s', async (_, changes) => {
    const claim = await running();
    expect(await app.end(name, [{ ...endingOf(claim, answered('Hello')), ...changes }])).toEqual([]);
    expect(await placesOf(context, claim.executionId)).toEqual(IN_FLIGHT);
    expect(await attempts()).toEqual([]);
  });

  it("ends nothing of another project, under that project's name or its own", async () => {
    const claim = await running();
    const entry = endingOf(claim, answered('Hello'));
    const { otherProjectId } = context;
    expect(await app.end(name, [{ ...entry, project_id: otherProjectId }])).toEqual([]);
    expect(await app.end(name, [entry], [otherProjectId])).toEqual([]);
    expect(await placesOf(context, claim.executionId)).toEqual(IN_FLIGHT);
  });

  it('ends nothing that waits, though its fence and its attempt are the same', async () => {
    const claim = await running();
    await context.owner.query(
      `UPDATE executions_in_flight SET status = 'queued', attempt_started_at = NULL, due_at = now()`,
    );
    expect(await app.end(name, [endingOf(claim, answered('Hello'))])).toEqual([]);
    expect(await placesOf(context, claim.executionId)).toEqual(IN_FLIGHT);
  });

  it('ends nothing the second time', async () => {
    const claim = await running();
    await app.end(name, [endingOf(claim, answered('Hello'))]);
    expect(await app.end(name, [endingOf(claim, failed)])).toEqual([]);
    expect(await attempts()).toEqual([{ attempt: 1, status: 'succeeded', late: false }]);
  });

  it('ends it once, when two do so at the same time', async () => {
    const claim = await running();
    await other.beginTransaction(claim.projectId);
    expect(await other.end(name, [endingOf(claim, answered('first'))])).toEqual([claim.executionId]);
    const second = app.end(name, [endingOf(claim, answered('second'))]);
    await untilBlocked(context);
    await other.commit();
    expect(await second).toEqual([]);
    expect(await placesOf(context, claim.executionId)).toEqual(OVER);
    expect((await context.owner.query('SELECT response_text FROM execution_outputs')).rows).toEqual([
      { response_text: 'first' },
    ]);
  });

  it('ends it, when the other who does so gives up', async () => {
    const claim = await running();
    await other.beginTransaction(claim.projectId);
    await other.end(name, [endingOf(claim, answered('first'))]);
    const second = app.end(name, [endingOf(claim, answered('second'))]);
    await untilBlocked(context);
    await other.rollback();
    expect(await second).toEqual([claim.executionId]);
    expect(await placesOf(context, claim.executionId)).toEqual(OVER);
  });

  it('ends nothing that somebody else takes while it waits', async () => {
    const claim = await running();
    await other.beginTransaction(claim.projectId);
    await other.query('UPDATE executions_in_flight SET fence = 2, attempt_started_at = NULL');
    const ending = app.end(name, [endingOf(claim, answered('Hello'))]);
    await untilBlocked(context);
    await other.commit();
    expect(await ending).toEqual([]);
    expect(await placesOf(context, claim.executionId)).toEqual(IN_FLIGHT);
    expect(await attempts()).toEqual([]);
  });

  it('leaves nothing in flight of what is renewed while it waits', async () => {
    const claim = await running();
    await other.beginTransaction(claim.projectId);
    await other.query(`UPDATE executions_in_flight SET lease_until = now() + interval '1 hour'`);
    const ending = app.end(name, [endingOf(claim, answered('Hello'))]);
    await untilBlocked(context);
    await other.commit();
    expect(await ending).toEqual([claim.executionId]);
    expect(await placesOf(context, claim.executionId)).toEqual(OVER);
  });

  it('is not waited for by a renewal, which says nothing is lost', async () => {
    const claim = await running();
    await other.beginTransaction(claim.projectId);
    await other.end(name, [endingOf(claim, answered('Hello'))]);
    expect(await context.executions.renew([claim])).toEqual([]);
    await other.commit();
    expect(await context.executions.renew([claim])).toEqual([claim]);
    expect(await placesOf(context, claim.executionId)).toEqual(OVER);
  });

  it('ends of a batch what it may, and passes over the rest', async () => {
    const [mine, lost, also] = [await running(), await running(), await running()];
    const entries = [mine, { ...lost, fence: 0 }, also].map((claim) => endingOf(claim, answered('Hello')));
    expect(await app.end(name, entries)).toEqual([mine.executionId, also.executionId]);
    expect(await placesOf(context, lost.executionId)).toEqual(IN_FLIGHT);
  });
});

describe('ledger_end_plain', () => {
  it('leaves what has duties to the other', async () => {
    const claim = await running();
    await context.owner.query('UPDATE executions_in_flight SET duties = 4');
    const entry = endingOf(claim, answered('Hello'));
    expect(await app.end('ledger_end_plain', [entry])).toEqual([]);
    expect(await app.end('ledger_end', [entry])).toEqual([claim.executionId]);
  });
});

describe('a batch of many projects', () => {
  const COUNT = 64;
  let projects: (LedgerIds & { readonly projectId: string })[];

  beforeAll(async () => {
    const { rows } = await context.owner.query<LedgerIds & { projectId: string }>(
      `WITH project AS (
         INSERT INTO projects (name) SELECT 'p' || n FROM generate_series(1, ${COUNT}) AS n RETURNING project_id
       ), prompt AS (
         INSERT INTO prompts (project_id, name, mode, kind) SELECT project_id, 'p', 'full', 'text' FROM project
         RETURNING project_id, prompt_id
       ), version AS (
         INSERT INTO prompt_versions (project_id, prompt_id, version_number, template_source, checksum_hash, renderer, variables)
         SELECT project_id, prompt_id, 1, 'Hello', repeat('a', 64), 'liquid-1', '{}' FROM prompt RETURNING project_id, prompt_id, version_id
       ), model AS (
         INSERT INTO models (project_id, provider, model_name) SELECT project_id, 'echo', 'echo' FROM project RETURNING project_id, model_id
       )
       SELECT project_id AS "projectId", prompt_id AS "promptId", version_id AS "versionId", model_id AS "modelId"
       FROM version JOIN model USING (project_id)`,
    );
    projects = rows;
  });

  it.each([
    ['ledger_end_plain', false],
    ['ledger_end', true],
  ])('begins and ends in one statement each, by %s', async (name, mayHaveDuties) => {
    const all = await Promise.all(
      projects.map((each) => beginningOf(context, each, { projectId: each.projectId })),
    );
    context.connections.sent.length = 0;
    const begun = await Promise.all(all.map((each) => context.executions.begin(each)));
    expect(begun.map(begunAs)).toEqual(all.map(() => 'begun'));
    const entries = all.map(({ projectId, executionId }) =>
      context.executions.end({
        mode: 'async',
        claim: { projectId, executionId, fence: 1, mayHaveDuties },
        attempt: 1,
        model: { provider: 'echo', modelName: 'echo' },
        price: null,
        outcome: answered('Hello'),
        next: { kind: 'final' },
      }),
    );
    expect(await Promise.all(entries)).toEqual(all.map(() => true));
    expect(context.connections.sent).toEqual(['begin-plain', name]);
    const { rows } = await context.owner.query(
      `SELECT (SELECT count(*)::int FROM executions_in_flight) AS in_flight,
         (SELECT count(DISTINCT project_id)::int FROM executions WHERE status = 'succeeded') AS over,
         (SELECT count(*)::int FROM execution_attempts) AS attempts`,
    );
    expect(rows).toEqual([{ in_flight: 0, over: COUNT, attempts: COUNT }]);
  });

  it('counts each in its own project', async () => {
    await emptyTables(context.owner, 'execution_deltas');
    const all = await Promise.all(
      projects.map((each) => beginningOf(context, each, { projectId: each.projectId })),
    );
    await Promise.all(all.map((each) => context.executions.begin(each)));
    const claims = all.map(({ projectId, executionId }) => ({ projectId, executionId, fence: 1 }));
    await app.end(
      'ledger_end_plain',
      claims.map((claim) => endingOf(claim, answered('Hello'))),
    );
    const { rows } = await context.owner.query<{ project_id: string }>(
      'SELECT project_id, executions::int FROM execution_deltas ORDER BY 1',
    );
    const expected = projects.map(({ projectId }) => ({ project_id: projectId, executions: 1 }));
    expect(rows).toEqual(expected.sort((a, b) => (a.project_id < b.project_id ? -1 : 1)));
  });
});
