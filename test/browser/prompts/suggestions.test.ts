import { memberClient } from '../../e2e/people.js';
import { ECHO, promptPath, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { listSuggestions, runMany } from '../../e2e/evaluation/suggestions.js';
import { Person } from '../person.js';

jest.setTimeout(120_000);

const INJECTED = 'Translate {{text}} into French and keep the line breaks.';

let stage: Stage;
const people: Person[] = [];

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'team/translate', INJECTED);
  await putPrompt(stage.admin, 'team/stale', INJECTED);
  await putPrompt(stage.admin, 'team/bounded', 'Say {{word}} once.');
  await putPrompt(stage.admin, 'sound', 'Say hello.');
  await runMany(stage.admin, 100, (nth) => ({
    prompt_name: 'team/bounded',
    model: ECHO,
    variables: { word: `word ${nth}` },
    params: { max_new_tokens: 4096 },
  }));
});
afterAll(() => stage.close());
afterEach(() => Promise.all(people.splice(0).map((person) => person.leave())));

async function arrive(key: string, path: string): Promise<Person> {
  const person = await Person.sitDown({ url: stage.ledger.url });
  people.push(person);
  await person.openAs(key, path);
  return person;
}

const offered = (person: Person, name: RegExp | string) =>
  person.page.getByRole('main').getByRole('button', { name, exact: typeof name === 'string' });
const inDialog = (person: Person, name: string) =>
  person.page.getByRole('dialog').getByRole('button', { name, exact: true });
const field = (person: Person, label: string) => person.page.getByLabel(label, { exact: true });

describe('suggestions', () => {
  it('are dismissed with a reason, taken back, and made into a draft by an editor', async () => {
    const editor = await arrive((await memberClient(stage, 'editor')).key, '/prompts/team%2Ftranslate');
    await editor.page.getByRole('link', { name: 'Suggestions' }).click();
    await editor.page.getByText('variable in instructions', { exact: true }).waitFor();
    await editor.page.getByText('warning', { exact: true }).waitFor();
    await editor.page.locator('ins', { hasText: '<text>' }).first().waitFor();
    await editor.page.getByRole('list', { name: 'Places in the version' }).getByText('{{text}}').waitFor();

    await offered(editor, 'Dismiss …').click();
    await field(editor, 'Reason, if you like').fill('the customer is trusted');
    await inDialog(editor, 'Dismiss').click();
    await editor.page.getByText('the customer is trusted').waitFor();
    await editor.page.reload();
    await editor.page.getByText('Nothing else to change about v1').waitFor();
    await editor.page.getByLabel(/^Dismissed ones too/).check();
    await editor.page.getByText('the customer is trusted').waitFor();
    await offered(editor, 'Undo').click();

    await offered(editor, 'Make a draft …').click();
    await field(editor, 'What changes, and why').fill('mark the text as data');
    await inDialog(editor, 'Make the draft').click();
    await editor.page
      .getByRole('button', { name: /^v2/ })
      .and(editor.page.locator('[aria-pressed=true]'))
      .waitFor();
    const { body } = await stage.admin.get(`${promptPath('team/translate')}/versions/2`);
    expect(body).toMatchObject({ status: 'draft', commit_message: 'mark the text as data' });
    const { body: prompt } = await stage.admin.get(promptPath('team/translate'));
    expect(prompt['active_version']).toMatchObject({ version_number: 1 });

    await editor.open('/prompts/team%2Ftranslate?tab=suggestions');
    await editor.page.getByRole('main').getByText('was made of it').waitFor();
    expect(await editor.noted()).toEqual({ violations: [], executed: [], errors: [] });
  });

  it('about a version that is not the newest any more say so, and are made all the same if wanted', async () => {
    const editor = await arrive(
      (await memberClient(stage, 'editor')).key,
      '/prompts/team%2Fstale?tab=suggestions&version=1',
    );
    await offered(editor, 'Make a draft …').click();
    await stage.admin.put(promptPath('team/stale'), { template_source: 'Translate it.' });
    await field(editor, 'What changes, and why').fill('although there is a newer one');
    await inDialog(editor, 'Make the draft').click();
    await editor.page.getByText('SUGGESTION_STALE').waitFor();
    expect(await field(editor, 'What changes, and why').inputValue()).toBe('although there is a newer one');
    await editor.page.getByLabel(/^Make it all the same/).check();
    await inDialog(editor, 'Make the draft').click();
    await editor.page
      .getByRole('button', { name: /^v3/ })
      .and(editor.page.locator('[aria-pressed=true]'))
      .waitFor();
  });

  it('from executions show their figures, and lead to them', async () => {
    const editor = await arrive(
      (await memberClient(stage, 'editor')).key,
      '/prompts/team%2Fbounded?tab=suggestions',
    );
    await editor.page.getByText('answer bound', { exact: true }).waitFor();
    await editor.page.getByLabel('Params', { exact: true }).getByText('max_new_tokens').waitFor();
    // Params belong to requests, so there is no version to make.
    expect(await offered(editor, 'Make a draft …').count()).toBe(0);
    await editor.page
      .getByRole('list', { name: 'Where to look' })
      .getByRole('link', { name: /^execution/ })
      .first()
      .click();
    await editor.page.getByText('Lineage').first().waitFor();
  });

  it('are read by viewers, who are offered nothing to do', async () => {
    const { key } = await memberClient(stage, 'viewer');
    const [open] = await listSuggestions(stage.admin, 'team/translate');
    const viewer = await arrive(key, '/prompts/team%2Ftranslate?tab=suggestions');
    await viewer.page.getByText(open?.title ?? '').waitFor();
    expect(await offered(viewer, /Dismiss|Make a draft|Undo/).count()).toBe(0);
    await viewer.open('/prompts/sound?tab=suggestions');
    await viewer.page.getByText('Nothing to change about v1').waitFor();
    await offered(viewer, 'Copy the command').waitFor();
  });
});
