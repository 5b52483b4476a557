import { ADMIN_KEY, ECHO, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { eventually } from '../../support/eventually.js';
import {
  expectNoBarriers,
  expectNoBarriersInDialogs,
  type SeenDialog,
  type SeenScreen,
  WIDTHS,
} from './barriers.js';
import { hostileTexts } from '../hostile-texts.js';
import { Person } from '../person.js';

/** Covers all screens and dialogs one after the other, possibly on a busy machine. */
jest.setTimeout(240_000);

const TEXTS = hostileTexts(50);
const QUIET = { violations: [], executed: [], errors: [] };
const DIALOGS: readonly SeenDialog[] = [
  ['/datasets', 'Make a dataset', 'JSON Schema'],
  ['/datasets/people', 'Import a file', 'Its items'],
  ['/datasets/people', 'Add an item', 'Variables, as JSON'],
  ['/datasets/people', 'From executions …', 'At most'],
  ['/datasets/people', 'item 7', 'Expected'],
  ['/annotation', 'Make a scorer', 'Labels that pass'],
  ['/scorers/names', 'Delete …', 'Its name is free again'],
];

let stage: Stage;
let screens: readonly SeenScreen[];
let executionId: string;

/** Makes datasets and experiments whose every text would execute in an unsafe page. */
beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greet', 'Hello {{name}}');
  await stage.admin.put('/v1/scorers/names', { kind: 'check', check: 'contains' });
  await stage.admin.put('/v1/scorers/helpful', {
    kind: 'human',
    labels: { good: true, [TEXTS[9]!.slice(0, 90)]: false },
  });
  await stage.admin.put('/v1/scorers/counted', {
    kind: 'code',
    source: `() => ({ value: 1, explanation: ${JSON.stringify(TEXTS.slice(10, 20).join(' '))} })`,
  });
  await stage.admin.put('/v1/scorers/judged', {
    kind: 'judge',
    prompt_name: 'greet',
    model: ECHO,
    params: { stop: [TEXTS[20]] },
    labels: { good: true, [TEXTS[21]!.slice(0, 100)]: false },
  });
  await stage.admin.put('/v1/datasets/people', { description: TEXTS[1] });
  await stage.admin.post('/v1/datasets/people/items', {
    items: TEXTS.map((text, at) => ({
      external_id: at === 7 ? 'item 7' : text.slice(0, 200),
      variables: { name: text },
      expected: at % 2 === 0 ? text : 'nothing like it',
      metadata: { [text.slice(0, 60)]: text },
    })),
  });
  const { body } = await stage.admin.post('/v1/experiments', {
    name: TEXTS[2],
    dataset: { name: 'people' },
    candidates: [
      { label: TEXTS[3]!.slice(0, 60), prompt_name: 'greet', model: ECHO },
      { label: 'b', prompt_name: 'greet', model: ECHO },
    ],
    scorers: [{ name: 'names' }],
  });
  const id = String(body['experiment_id']);
  await eventually(
    async () => (await stage.admin.get(`/v1/experiments/${id}`)).body['status'] === 'completed',
  );
  // The scorer `names` has a version without a value above, so this is its second.
  await stage.admin.put('/v1/scorers/names', {
    kind: 'check',
    check: 'contains',
    value: TEXTS.slice(22, 40),
  });
  const run = { prompt_name: 'greet', model: ECHO, variables: { name: TEXTS[4] } };
  executionId = String((await stage.admin.post('/v1/executions:run', run)).body['execution_id']);
  await stage.admin.post('/v1/outcomes', { execution_id: executionId, metric: 'm'.repeat(200), value: 1e-7 });
  screens = [
    ['/datasets', 'people'],
    ['/datasets/people', '<svg onload='],
    ['/datasets/people?tab=versions', 'current'],
    ['/datasets/none', 'DATASET_NOT_FOUND'],
    ['/experiments', '<svg onload='],
    ['/experiments?status=failed', 'No experiment is failed'],
    ['/experiments/new', 'Start the experiment'],
    [`/experiments/${id}`, 'no difference'],
    [`/experiments/${id}?tab=results`, 'names 1'],
    ['/annotation', 'Pass over'],
    ['/scorers', 'counted'],
    ['/scorers/-/new', 'Make the scorer'],
    ['/scorers/counted?tab=change', '</textarea>'],
    ['/scorers/judged?tab=change', 'The verdict is'],
    ['/scorers/names?tab=versions', 'What changes'],
    [`/scorers/counted?tab=try&execution=${executionId}`, 'Keep the score'],
  ];
});
afterAll(() => stage.close());

describe.each(WIDTHS)('at %i pixels, in light and in dark', (width) => {
  it('no screen of evaluation has a serious barrier, and every text is only a text', async () => {
    const person = await Person.sitDown({ url: stage.ledger.url, width });
    try {
      await person.openAs(ADMIN_KEY, '/datasets');
      await expectNoBarriers(person, screens);
      await expectNoBarriersInDialogs(person, [
        ...DIALOGS,
        [`/executions/${executionId}`, 'Record an outcome', 'Metric'],
      ]);
      expect(await person.noted()).toEqual(QUIET);
    } finally {
      await person.leave();
    }
  });
});
