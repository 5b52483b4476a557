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
];

let stage: Stage;
let screens: readonly SeenScreen[];

/** Makes datasets and experiments whose every text would execute in an unsafe page. */
beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greet', 'Hello {{name}}');
  await stage.admin.put('/v1/scorers/names', { kind: 'check', check: 'contains' });
  await stage.admin.put('/v1/scorers/helpful', {
    kind: 'human',
    labels: { good: true, [TEXTS[9]!.slice(0, 90)]: false },
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
  ];
});
afterAll(() => stage.close());

describe.each(WIDTHS)('at %i pixels, in light and in dark', (width) => {
  it('no screen of evaluation has a serious barrier, and every text is only a text', async () => {
    const person = await Person.sitDown({ url: stage.ledger.url, width });
    try {
      await person.openAs(ADMIN_KEY, '/datasets');
      await expectNoBarriers(person, screens);
      await expectNoBarriersInDialogs(person, DIALOGS);
      expect(await person.noted()).toEqual(QUIET);
    } finally {
      await person.leave();
    }
  });
});
