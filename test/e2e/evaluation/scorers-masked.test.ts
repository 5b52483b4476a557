import type { ApiClient } from '../../support/api-client.js';
import { findInDatabase } from '../../support/database/find-in-database.js';
import { EXPERIMENTS, putItems, putScorer, startExperiment, untilOver } from './experiments.js';
import { makeProject } from '../people.js';
import { ECHO, type Execution, putPrompt, type Stage, startStage } from '../stage.js';

const SECRET = 'canary-of-masked-scores';
const SCORERS = {
  holds: { kind: 'check', check: 'contains' },
  lacks: { kind: 'check', check: 'contains', negate: true },
  quick: { kind: 'check', check: 'max_latency_ms', value: 60_000 },
  blind: {
    kind: 'code',
    source: '({ variables }) => ({ value: 1, label: variables.x, explanation: variables.x })',
  },
  angry: { kind: 'code', source: '({ variables }) => { throw new Error(variables.x); }' },
} as const;

interface Scored {
  readonly score: { readonly passed: boolean; readonly explanation: string | null } | null;
  readonly error: { readonly type: string } | null;
}
interface Cell {
  readonly item: number;
  readonly execution_id: string;
  readonly scores: readonly {
    readonly scorer: string;
    readonly value: number | null;
    readonly error: { readonly code: string; readonly message: string } | null;
  }[];
}

let stage: Stage;
let admin: ApiClient;

beforeAll(async () => {
  stage = await startStage();
  admin = (await makeProject(stage, { settings: { mask: ['x'] } })).admin;
  // Only the answer of the first one contains the masked value.
  await putPrompt(admin, 'greet', 'Dear {{x}}');
  await putPrompt(admin, 'silent', '{% if x %}Dear friend{% endif %}');
  for (const [name, definition] of Object.entries(SCORERS)) await putScorer(admin, name, definition);
  await putItems(admin, 'people', [{ variables: { x: SECRET }, expected: SECRET }]);
});
afterAll(() => stage.close());

const run = async (prompt: string) =>
  (
    await admin.post<Execution>('/v1/executions:run', {
      prompt_name: prompt,
      variables: { x: SECRET },
      model: ECHO,
    })
  ).body.execution_id;
const score = async (scorer: string, executionId: string) =>
  (await admin.post<Scored>(`/v1/scorers/${scorer}:score`, { execution_id: executionId, expected: SECRET }))
    .body;

it('an answer that is stored masked has an error of the scorer, also of a check that is turned round', async () => {
  const masked = await run('greet');
  for (const scorer of ['holds', 'lacks', 'blind'])
    expect(await score(scorer, masked)).toMatchObject({ score: null, error: { type: 'answer_masked' } });
  expect(await score('quick', masked)).toMatchObject({ score: { passed: true }, error: null });
});

it('an answer in which nothing was masked is scored', async () => {
  const whole = await run('silent');
  expect(await score('holds', whole)).toMatchObject({ score: { passed: false } });
  expect(await score('lacks', whole)).toMatchObject({ score: { passed: true } });
});

it('a masked answer is nothing to expect of others', async () => {
  const [masked, whole] = [await run('greet'), await run('silent')];
  await admin.put('/v1/datasets/answers', {});
  const from = (id: string) =>
    admin.post('/v1/datasets/answers/items:from-executions', { execution_ids: [id], expected: 'response' });

  expect(await from(whole)).toMatchObject({ status: 200, body: { added: 1 } });
  expect(await from(masked)).toMatchObject({
    status: 400,
    body: { errors: [{ message: 'has an answer in which something is masked' }] },
  });
});

it('an experiment counts errors, and keeps nothing that is masked', async () => {
  const { experiment_id: id } = await startExperiment(admin, {
    name: 'masked',
    dataset: { name: 'people' },
    candidates: [
      { label: 'masked', prompt_name: 'greet', model: ECHO },
      { label: 'whole', prompt_name: 'silent', model: ECHO },
    ],
    scorers: Object.keys(SCORERS).map((name) => ({ name })),
  });
  const { summary } = await untilOver(admin, id);
  const of = (candidate: string) =>
    Object.fromEntries(
      summary
        .filter((each) => each.candidate === candidate)
        .map(({ scorer, n, errors, pass_rate }) => [scorer, [n, errors, pass_rate]]),
    );
  const error = [0, 1, null];
  expect(of('masked')).toEqual({ holds: error, lacks: error, quick: [1, 0, 1], blind: error, angry: error });
  expect(of('whole')).toEqual({
    holds: [1, 0, 0],
    lacks: [1, 0, 1],
    quick: [1, 0, 1],
    blind: [1, 0, 1],
    angry: error,
  });

  const { results } = (await admin.get<{ results: Cell[] }>(`${EXPERIMENTS}/${id}/results?candidate=whole`))
    .body;
  expect(JSON.stringify(results)).toContain('The code threw Error: ***');
  const { scores } = (await admin.get<{ scores: object[] }>('/v1/scores?scorer=blind')).body;
  expect(scores).toMatchObject([{ label: '***', explanation: '***' }]);
  // Only the dataset, where the value came from, contains it.
  const places = await findInDatabase(stage.owner, [SECRET]);
  expect(places.filter((place) => !JSON.stringify(place).includes('dataset'))).toEqual([]);
});
