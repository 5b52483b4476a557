import { ADMIN_KEY, ECHO, promptPath, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { memberClient } from '../../e2e/people.js';
import { Person } from '../person.js';
import {
  expectNoBarriers,
  expectNoBarriersInDialogs,
  type SeenDialog,
  type SeenScreen,
  WIDTHS,
} from './barriers.js';

/** Covers all screens and dialogs one after the other, possibly on a busy machine. */
jest.setTimeout(240_000);

const DIALOGS: readonly SeenDialog[] = [
  ['/snippets', 'New snippet', 'Message of the first version'],
  ['/snippets/mail%2Ftone', 'Delete …', 'newsletter'],
];

let stage: Stage;
let screens: readonly SeenScreen[];
let dialogs: readonly SeenDialog[];

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'support/reply', 'Answer {{question}}', {
    tags: ['mail'],
    owner_team: 'Support',
    description: 'Says sorry',
  });
  await putPrompt(stage.admin, 'welcome', [{ role: 'user', content: 'Hello {{name}}' }]);
  await stage.admin.post('/v1/prompts/register-code', {
    prompts: [{ name: 'in_code', template_source: 'Code' }],
  });
  for (const text of ['Write for {{audience}}, kindly.', 'Write for {{audience}}, briefly.']) {
    await stage.admin.put('/v1/snippets/mail%2Ftone', { template_source: text, description: 'How we speak' });
  }
  await putPrompt(stage.admin, 'newsletter', '{% render "snippet/mail/tone@1", audience: readers %}');
  await stage.admin.put(`${promptPath('support/reply')}/environments/prod`, { version_number: 1 });
  await stage.admin.put(promptPath('support/reply'), { template_source: 'Answer {{question}} briefly' });
  const run = {
    prompt_name: 'support/reply',
    model: ECHO,
    environment: 'prod',
    variables: { question: 'Why?' },
  };
  const { body: execution } = await stage.admin.post('/v1/executions:run', run);
  const { body: other } = await stage.admin.post('/v1/executions:run', run);
  const compared = `/executions/${String(execution['execution_id'])}/compare?with=${String(other['execution_id'])}`;
  await stage.admin.put('/v1/scorers/helpful', { kind: 'human' });
  await stage.admin.post('/v1/scores', {
    execution_id: execution['execution_id'],
    scorer: 'helpful',
    value: 1,
    explanation: 'Short',
  });
  await stage.admin.put('/v1/environments/prod', { protected: true });
  const author = await memberClient(stage, 'editor');
  const change = { prompt_name: 'support/reply', environment: 'prod', version_number: 2, reason: 'shorter' };
  const { body: opened } = await author.post('/v1/changes', change);
  screens = [
    ['/prompts', 'support/reply'],
    ['/prompts?search=nothing+has+these', 'No prompt fits'],
    ['/prompts/-/new', 'Save as version 1'],
    ['/prompts/support%2Freply', 'Save as version 3'],
    ['/prompts/welcome', 'Add a message'],
    ['/prompts/in_code', 'read-only'],
    ['/prompts/support%2Freply?tab=versions', 'What changes'],
    ['/prompts/support%2Freply?tab=history', 'prod'],
    ['/prompts/none', 'PROMPT_NOT_FOUND'],
    ['/snippets', 'mail/tone'],
    ['/snippets?name=nothing', 'No snippet fits'],
    ['/snippets/mail%2Ftone', 'Save as version 3'],
    ['/snippets/mail%2Ftone?tab=versions', 'What changes'],
    ['/snippets/mail%2Ftone?tab=usage', 'newsletter v1'],
    ['/snippets/none', 'SNIPPET_NOT_FOUND'],
    ['/playground', 'It has not been run yet'],
    ['/playground?prompt=support%2Freply&version=2', 'support/reply v2'],
    ['/analytics?by=environment', 'Breakdown'],
    ['/executions', 'support/reply'],
    [`/executions/${String(execution['execution_id'])}`, 'Lineage'],
    [`/executions/${String(execution['execution_id'])}/compare`, 'Or one of the newest'],
    [compared, 'to the last character'],
    ['/changes', 'support/reply'],
    [`/changes/${String(opened['change_id'])}`, 'What it touches'],
    ['/nowhere', 'There is no such screen'],
  ];
  dialogs = [
    ['/prompts/support%2Freply', 'About …', 'The team that answers for it'],
    ['/prompts/support%2Freply', 'Delete …', 'Its rollouts stop'],
    [`/executions/${String(execution['execution_id'])}`, 'Erase content …', 'What stays'],
  ];
});
afterAll(() => stage.close());

describe.each(WIDTHS)('at %i pixels, in light and in dark', (width) => {
  it('no screen, and no dialog, has a serious barrier', async () => {
    const person = await Person.sitDown({ url: stage.ledger.url, width });
    try {
      await person.open('/prompts');
      await person.page.getByLabel('API key').waitFor();
      expect(await person.findBarriers()).toEqual([]);
      await person.signIn(ADMIN_KEY);
      await person.page.getByRole('navigation', { name: 'Screens' }).waitFor();
      await expectNoBarriers(person, screens);
      await expectNoBarriersInDialogs(person, DIALOGS);
      await person.open('/playground');
      await person.page.getByRole('button', { name: 'Add a variant' }).click();
      await person.page.getByText('Params', { exact: true }).first().click();
      await person.page.getByText('Tools and format', { exact: true }).first().click();
      await person.page.getByLabel('Variables of all').fill('{"question": "Why?"}');
      for (const name of ['A', 'B']) {
        const variant = person.page.getByRole('group', { name: `Variant ${name}` });
        await variant.getByLabel('Model').fill('echo/echo');
        await variant.getByRole('button', { name: `Run variant ${name}` }).click();
        await variant.getByText('succeeded').waitFor();
      }
      await person.page.getByText('Both answers are the same').waitFor();
      expect(await person.findBarriers()).toEqual([]);
      await person.page.getByRole('button', { name: 'Add to dataset: the answer of A' }).click();
      await person.page.getByLabel('Dataset', { exact: true }).waitFor();
      expect(await person.findBarriers()).toEqual([]);
      await person.page.keyboard.press('Escape');
      await person.page.getByRole('button', { name: 'Save variant A as a version' }).click();
      await person.page.getByLabel('Prompt', { exact: true }).waitFor();
      expect(await person.findBarriers()).toEqual([]);
      await person.open('/analytics');
      await person.page.getByText('Executions as a table').click();
      await person.page.getByRole('table', { name: 'Executions' }).waitFor();
      await person.page.getByRole('table', { name: 'By Prompt' }).waitFor();
      expect(await person.findBarriers()).toEqual([]);
      await person.page.keyboard.press('Control+k');
      await person.page.getByRole('option', { name: /support\/reply/ }).waitFor();
      expect(await person.findBarriers()).toEqual([]);
      await expectNoBarriersInDialogs(person, dialogs);
      await person.open('/prompts/support%2Freply');
      await person.page.getByRole('button', { name: 'Promote v2' }).click();
      await person.page.getByLabel('Environment').waitFor();
      expect(await person.findBarriers()).toEqual([]);
      expect(await person.noted()).toEqual({ violations: [], executed: [], errors: [] });
    } finally {
      await person.leave();
    }
  });
});
