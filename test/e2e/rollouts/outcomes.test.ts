import { randomUUID } from 'node:crypto';
import type { ApiBody } from '../../support/api-client.js';
import { cliOf } from '../cli.js';
import { clientWith, otherProject } from '../other-project.js';
import {
  ANY_ID,
  ANY_TIME,
  ECHO,
  expectProblem,
  putPrompt,
  type Stage,
  startStage,
  UNKNOWN_ID,
} from '../stage.js';

interface Recorded {
  readonly outcome_id: string;
  readonly execution_id: string;
  readonly recorded: boolean;
  readonly outcomes: readonly ApiBody[];
}

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'say', '{{text}}');
});
afterAll(() => stage.close());

async function run(more: ApiBody = {}): Promise<string> {
  const body = { prompt_name: 'say', variables: { text: 'hi' }, model: ECHO, ...more };
  const answer = await stage.admin.post<{ execution_id: string }>('/v1/executions:run', body);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.execution_id;
}

const record = (body: ApiBody | string) => stage.admin.post<Recorded>('/v1/outcomes', body);
const list = async (executionId: string) =>
  (await stage.admin.get<{ outcomes: ApiBody[] }>(`/v1/outcomes?execution_id=${executionId}`)).body.outcomes;

describe('an outcome', () => {
  it('is recorded once for each execution and metric, and the first value counts', async () => {
    const id = await run();
    const first = await record({ execution_id: id.toUpperCase(), metric: 'resolved', value: true });
    const outcome = {
      outcome_id: ANY_ID,
      execution_id: id,
      metric: 'resolved',
      value: true,
      created_by: 'admin',
      created_at: ANY_TIME,
    };
    const recorded = { ...outcome, recorded: true };
    expect(first).toMatchObject({ status: 200, body: { ...recorded, outcomes: [recorded] } });
    const again = await record({ execution_id: id, metric: 'outcome:resolved', value: false });
    expect(again.body).toMatchObject({ outcome_id: first.body.outcome_id, value: true, recorded: false });
    const other = await record({ execution_id: id, metric: 'revenue/usd', value: -0.1 });
    expect(other.body).toMatchObject({ value: -0.1, recorded: true });
    expect(await list(id)).toMatchObject([{ metric: 'revenue/usd', value: -0.1 }, outcome]);
    const log = await stage.sql(
      `SELECT actor, "after" FROM audit_log WHERE action = 'outcome.record' AND subject = $1`,
      [`outcome/${first.body.outcome_id}`],
    );
    expect(log).toEqual([{ actor: 'admin', after: { execution_id: id, metric: 'resolved', value: true } }]);
  });

  it('is one, of whatever many are sent at the same moment', async () => {
    const id = await run();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, value) => record({ execution_id: id, metric: 'n', value })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.filter(({ body }) => body.recorded)).toHaveLength(1);
    const values = answers.map(({ body }) => (body as unknown as { value: number }).value);
    expect(new Set(values).size).toBe(1);
    expect(await list(id)).toHaveLength(1);
  });

  it('is of every execution with a correlation id, those that come later too when it is sent again', async () => {
    const correlation = `ticket-${randomUUID()}`;
    const ids = [await run({ correlation_id: correlation }), await run({ correlation_id: correlation })];
    await record({ execution_id: ids[0], metric: 'resolved', value: false });
    const body = { correlation_id: correlation, metric: 'resolved', value: 1 };
    const first = await record(body);
    expect(first.body).toMatchObject({
      execution_id: ids[1],
      recorded: true,
      value: 1,
      outcomes: [
        { execution_id: ids[1], value: 1, recorded: true },
        { execution_id: ids[0], value: false, recorded: false },
      ],
    });
    const late = await run({ correlation_id: correlation });
    expect((await record(body)).body).toMatchObject({ execution_id: late, recorded: true });
    expect((await record(body)).body).toMatchObject({ recorded: false });
  });

  it('may be of an execution that is not over', async () => {
    const submitted = await stage.admin.post<{ execution_id: string }>('/v1/executions:submit', {
      prompt_name: 'say',
      variables: { text: 'hi' },
      model: ECHO,
      correlation_id: 'early-bird',
    });
    const answer = await record({ correlation_id: 'early-bird', metric: 'resolved', value: true });
    expect(answer.body).toMatchObject({ execution_id: submitted.body.execution_id, recorded: true });
  });

  it('stays when the content of its execution is erased', async () => {
    const id = await run();
    await record({ execution_id: id, metric: 'resolved', value: true });
    const before = await list(id);
    expect((await stage.admin.delete(`/v1/executions/${id}/content`)).status).toBe(204);
    expect(await list(id)).toEqual(before);
  });

  it.each<[string, (id: string) => ApiBody | string, string]>([
    ['no id', () => ({ metric: 'm', value: 1 }), '/execution_id'],
    [
      'ids that are null',
      () => ({ execution_id: null, correlation_id: null, metric: 'm', value: 1 }),
      '/execution_id',
    ],
    [
      'both ids',
      (id) => ({ execution_id: id, correlation_id: 'a', metric: 'm', value: 1 }),
      '/correlation_id',
    ],
    ['no value', (id) => ({ execution_id: id, metric: 'm' }), '/value'],
    ['null', (id) => ({ execution_id: id, metric: 'm', value: null }), '/value'],
    ['a text', (id) => ({ execution_id: id, metric: 'm', value: '1' }), '/value'],
    ['a list', (id) => ({ execution_id: id, metric: 'm', value: [1] }), '/value'],
    ['an endless number', (id) => `{"execution_id":"${id}","metric":"m","value":1e999}`, '/value'],
    ['no metric', (id) => ({ execution_id: id, value: 1 }), '/metric'],
    ['an empty metric', (id) => ({ execution_id: id, metric: 'outcome:', value: 1 }), '/metric'],
    ['a metric of another kind', (id) => ({ execution_id: id, metric: 'score:a', value: 1 }), '/metric'],
    ['a long metric', (id) => ({ execution_id: id, metric: 'm'.repeat(201), value: 1 }), '/metric'],
    ['a NUL', (id) => ({ execution_id: id, metric: 'a\0', value: 1 }), '/metric'],
    ['a malformed id', () => ({ execution_id: 'x', metric: 'm', value: 1 }), '/execution_id'],
    ['an empty correlation id', () => ({ correlation_id: '', metric: 'm', value: 1 }), '/correlation_id'],
    ['an unknown field', (id) => ({ execution_id: id, metric: 'm', value: 1, unit: 's' }), '/unit'],
  ])('is refused with %s', async (_what, bodyFor, pointer) => {
    const answer = await record(bodyFor(await run()));
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body).toMatchObject({ errors: [{ pointer }] });
  });

  it('is refused for an execution that there is not, as for one of another project', async () => {
    const other = await otherProject(stage);
    const foreign = await clientWith(stage, ['scores:write', 'executions:read']);
    await putPrompt(other, 'say', '{{text}}');
    const made = await other.post<{ execution_id: string }>('/v1/executions:run', {
      prompt_name: 'say',
      variables: { text: 'hi' },
      model: ECHO,
      correlation_id: 'only-there',
    });
    for (const id of [made.body.execution_id, UNKNOWN_ID]) {
      const answer = await foreign.post('/v1/outcomes', { execution_id: id, metric: 'm', value: 1 });
      expectProblem(answer, 404, 'EXECUTION_NOT_FOUND');
    }
    const answer = await foreign.post('/v1/outcomes', {
      correlation_id: 'only-there',
      metric: 'm',
      value: 1,
    });
    expectProblem(answer, 404, 'EXECUTION_NOT_FOUND');
    expect((answer.body as { detail: string }).detail).toContain('"only-there" was not found');
  });

  it('is refused for a correlation id that very many executions have', async () => {
    const id = await run({ correlation_id: 'everybody' });
    await stage.sql(
      `INSERT INTO executions SELECT (jsonb_populate_record(e, jsonb_build_object('execution_id', ledger_uuid7()))).*
       FROM executions e, generate_series(1, 1000) WHERE e.execution_id = $1`,
      [id],
    );
    const answer = await record({ correlation_id: 'everybody', metric: 'm', value: 1 });
    expectProblem(answer, 409, 'CORRELATION_TOO_WIDE');
  });

  it('is listed in pages', async () => {
    const id = await run();
    for (const metric of ['a', 'b', 'c']) await record({ execution_id: id, metric, value: 0.1 });
    interface Page {
      outcomes: { metric: string }[];
      next_cursor: string | null;
    }
    const first = (await stage.admin.get<Page>(`/v1/outcomes?execution_id=${id}&limit=2`)).body;
    expect(first.outcomes.map(({ metric }) => metric)).toEqual(['c', 'b']);
    const url = `/v1/outcomes?execution_id=${id}&limit=2&cursor=${first.next_cursor}`;
    expect((await stage.admin.get<Page>(url)).body).toMatchObject({
      outcomes: [{ metric: 'a' }],
      next_cursor: null,
    });
    const named = await stage.admin.get<Page>(`/v1/outcomes?execution_id=${id}&metric=outcome:b`);
    expect(named.body.outcomes).toMatchObject([{ metric: 'b' }]);
    expectProblem(await stage.admin.get('/v1/outcomes?cursor=x'), 400, 'VALIDATION_FAILED');
  });

  it('is recorded and listed on the command line', async () => {
    const cli = cliOf(stage);
    const id = await run();
    const args = ['outcome', 'record', 'resolved', 'true', '--execution', id];
    expect(await cli(args)).toMatchObject({ code: 0, stdout: 'resolved recorded for 1 execution.\n' });
    expect((await cli(args)).stdout).toBe('1 execution had a value before, which stays: the first counts.\n');
    expect((await cli(['outcome', 'list', '--execution', id])).stdout).toMatch(/resolved +true/);
    expect(await cli(['outcome', 'record', 'resolved', 'maybe', '--execution', id])).toMatchObject({
      code: 2,
    });
    expect(await cli(['outcome', 'record', 'resolved', '1'])).toMatchObject({ code: 2 });
  });
});
