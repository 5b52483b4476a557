import { ADMIN_KEY, type Stage, startStage } from '../../e2e/stage.js';
import {
  expectNoBarriers,
  expectNoBarriersInDialogs,
  type SeenDialog,
  type SeenScreen,
  WIDTHS,
} from './barriers.js';
import { hostileTexts } from '../hostile-texts.js';
import { Person } from '../person.js';
import { draftRollout, endAlike, putTwoVersions, startRollout } from '../evaluation/rollouts-stage.js';

/** Covers all screens one after the other, possibly on a busy machine. */
jest.setTimeout(240_000);

const TEXTS = hostileTexts(25);
const QUIET = { violations: [], executed: [], errors: [] };

let stage: Stage;
let screens: readonly SeenScreen[];
let dialogs: readonly SeenDialog[];

/** Makes rollouts whose every text would execute in an unsafe page. */
beforeAll(async () => {
  stage = await startStage();
  const environment = TEXTS[2]!.slice(0, 100);
  await putTwoVersions(stage, 'watched', environment);
  await putTwoVersions(stage, 'new');
  const id = await startRollout(stage, 'watched', { name: TEXTS[1], environment });
  await endAlike(stage, id, 1, 30);
  const draft = await draftRollout(stage, 'new', { name: TEXTS[4] });
  const paused = await startRollout(stage, 'new', { name: TEXTS[5] });
  await stage.admin.post(`/v1/rollouts/${paused}:pause`, { reason: TEXTS.join(' ') });
  await stage.admin.put('/v1/prompts/suggested', {
    template_source: `Translate {{text}} into French and keep this: ${TEXTS.join(' ').replaceAll('{', '(')}`,
  });
  const { body } = await stage.admin.get<{ suggestions: { suggestion_id: string }[] }>(
    '/v1/prompts/suggested/suggestions',
  );
  const [suggestion] = body.suggestions;
  const reason = { reason: TEXTS.join(' ') };
  await stage.admin.put('/v1/prompts/new-suggested', {
    template_source: 'Translate {{text}} into French and keep the line breaks.',
  });
  await stage.admin.post(
    `/v1/prompts/suggested/suggestions/${suggestion?.suggestion_id ?? ''}:dismiss`,
    reason,
  );
  await stage.admin.put('/v1/prompts/sound', { template_source: 'Say hello.' });
  screens = [
    ['/prompts/suggested?tab=suggestions&dismissed=yes', '</textarea>'],
    ['/prompts/new-suggested?tab=suggestions', '<text>'],
    ['/prompts/sound?tab=suggestions', 'Nothing to change about v'],
    ['/rollouts', '1 of 2, 10 %'],
    ['/rollouts?status=completed', 'No rollout fits'],
    ['/rollouts/new', 'Make the draft'],
    ['/rollouts/new?prompt=new&environment=staging&candidate=2', 'The control is v1'],
    [`/rollouts/${id}`, 'next step'],
    [`/rollouts/${id}?step=1`, 'next step'],
    [`/rollouts/${draft}`, 'It has not started'],
    [`/rollouts/${paused}`, 'paused by'],
    ['/rollouts/019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10', 'ROLLOUT_NOT_FOUND'],
  ];
  dialogs = [
    ['/prompts/new-suggested?tab=suggestions', 'Dismiss …', 'Reason, if you like'],
    ['/prompts/new-suggested?tab=suggestions', 'Make a draft …', 'Nothing runs it'],
    [`/rollouts/${draft}`, 'Start …', 'at once'],
    [`/rollouts/${id}`, 'Roll back …', 'cannot be started again'],
  ];
});
afterAll(() => stage.close());

describe.each(WIDTHS)('at %i pixels, in light and in dark', (width) => {
  it('no screen of rollouts and suggestions has a serious barrier, and every text is only a text', async () => {
    const person = await Person.sitDown({ url: stage.ledger.url, width });
    try {
      await person.openAs(ADMIN_KEY, '/rollouts');
      await expectNoBarriers(person, screens);
      await expectNoBarriersInDialogs(person, dialogs);
      await person.page.keyboard.press('Escape');
      await person.page.getByText('Effect of the candidate as a table').click();
      await person.page.getByRole('table', { name: 'Effect of the candidate' }).waitFor();
      expect(await person.findBarriers()).toEqual([]);
      expect(await person.noted()).toEqual(QUIET);
    } finally {
      await person.leave();
    }
  });
});
