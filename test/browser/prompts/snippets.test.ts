import { memberClient } from '../../e2e/people.js';
import { promptPath, type Stage, startStage } from '../../e2e/stage.js';
import { eventually } from '../../support/eventually.js';
import { Person } from '../person.js';

let stage: Stage;
let editor: Person;
const people: Person[] = [];

beforeAll(async () => {
  stage = await startStage();
  editor = await arrive((await memberClient(stage, 'editor')).key, '/snippets');
});
afterAll(async () => {
  await Promise.all(people.map((person) => person.leave()));
  await stage.close();
});

async function arrive(key: string, path: string): Promise<Person> {
  const person = await Person.sitDown({ url: stage.ledger.url });
  people.push(person);
  await person.openAs(key, path);
  return person;
}

const button = (person: Person, name: string) => person.page.getByRole('button', { name, exact: true });
const link = (person: Person, name: string) => person.page.getByRole('link', { name, exact: true });
const inDialog = (person: Person, name: string) =>
  person.page.getByRole('dialog').getByRole('button', { name, exact: true });
const row = (person: Person, text: string) => person.page.getByRole('row').filter({ hasText: text });
const field = (person: Person, label: string) => person.page.getByLabel(label, { exact: true });
const template = (person: Person) => person.page.getByRole('textbox', { name: 'Template' });
const see = (person: Person, text: string) => person.page.getByText(text).first().waitFor();
const copied = (person: Person) => person.page.evaluate(() => navigator.clipboard.readText());

describe('a snippet', () => {
  it('is written by an editor, whose text stays when it is refused', async () => {
    await see(editor, 'No snippets yet');
    await button(editor, 'New snippet').first().click();
    await field(editor, 'Name').fill('mail/tone');
    await field(editor, 'Description').fill('How we speak');
    await field(editor, 'Text').fill('Write for {{audience');
    await inDialog(editor, 'Save the snippet').click();
    await see(editor, 'TEMPLATE_INVALID');
    expect(await field(editor, 'Text').inputValue()).toBe('Write for {{audience');
    await field(editor, 'Text').fill('Write for {{audience}}, kindly.');
    await inDialog(editor, 'Save the snippet').click();
    await see(editor, 'Save as version 2');
    await button(editor, 'Copy the tag').click();
    await button(editor, 'Copied').waitFor();
    expect(await copied(editor)).toBe('{% render "snippet/mail/tone@1", audience: audience %}');

    await link(editor, 'Snippets').first().click();
    await button(editor, 'New snippet').click();
    await field(editor, 'Name').fill('mail/tone');
    await field(editor, 'Text').fill('Another');
    await inDialog(editor, 'Save the snippet').click();
    await see(editor, 'There is a snippet mail/tone already');
    await editor.page.keyboard.press('Escape');
    await row(editor, 'How we speak').click();
  });

  it('gets another version, whose words are compared with those of the one before', async () => {
    await template(editor).fill('Write for {{audience}}, briefly.');
    await editor.page.getByLabel('What changes', { exact: true }).getByText('briefly').waitFor();
    await field(editor, 'Variables, as JSON').fill('{"audience": "gardeners"}');
    await see(editor, 'Write for gardeners, briefly.');
    await field(editor, 'What changes, and why').fill('shorter');
    await editor.page.keyboard.press('Control+s');
    await see(editor, 'Saved as version 2.');
    await editor.page.getByRole('heading', { name: /^Version 2/ }).waitFor();
    const changes = editor.page.getByLabel('What changes', { exact: true });
    await changes.locator('del', { hasText: 'kindly' }).waitFor();
    await changes.locator('ins', { hasText: 'briefly' }).waitFor();
    await editor.page.getByRole('button', { name: /^v1/ }).click();
    await see(editor, 'Write for {{audience}}, kindly.');
    expect(await field(editor, 'The tag').textContent()).toContain('"snippet/mail/tone@1"');

    await link(editor, 'Editor').click();
    await field(editor, 'Description').fill('How we write');
    await editor.page.getByRole('heading', { name: 'Save the description' }).waitFor();
    await editor.page.keyboard.press('Control+s');
    await see(editor, 'The description is saved.');
    const { body } = await stage.admin.get('/v1/snippets/mail%2Ftone');
    expect(body).toMatchObject({
      description: 'How we write',
      latest_version_number: 2,
      latest_version: { commit_message: 'shorter' },
    });
  });

  it('is used by another snippet and by a prompt, which the editors of both render and save', async () => {
    await stage.admin.put('/v1/snippets/rules', {
      template_source: '{% render "snippet/mail/tone@1", audience: who %} Never guess.',
    });
    await editor.open('/prompts/-/new');
    await field(editor, 'Name').fill('newsletter');
    await template(editor).fill('{% render "snippet/rules@2", who: readers %} Announce {{news}}.');
    await see(editor, 'does not parse');
    await template(editor).fill('{% render "snippet/rules@1", who: readers %} Announce {{news}}.');
    await field(editor, 'Variables, as JSON').fill('{"readers": "cooks", "news": "soup"}');
    await see(editor, 'Write for cooks, kindly. Never guess. Announce soup.');
    const checksum = editor.page.getByText('Checksum').locator('xpath=following-sibling::dd//*[@title]');
    const promised = await checksum.getAttribute('title');
    await button(editor, 'Save version Ctrl S').click();
    await see(editor, 'newsletter has its first version.');
    const { body } = await stage.admin.get(`${promptPath('newsletter')}/versions/1`);
    expect(body['checksum_hash']).toBe(promised);
    await link(editor, 'Editor').click();
    await see(editor, 'Nothing has changed');
    await editor.page.getByText('parses', { exact: true }).waitFor();
    await editor.open('/playground?prompt=newsletter&version=1');
    const variables = field(editor, 'Variables of all');
    await eventually(
      async () => (await variables.inputValue()) === JSON.stringify({ readers: '', news: '' }, null, 2),
      'the playground knows the variables that the prompt passes on',
    );
  });

  it('says what uses it, and is deleted only when nothing does', async () => {
    await stage.admin.put(`${promptPath('newsletter')}/environments/prod`, { version_number: 1 });
    await editor.open('/snippets/mail%2Ftone?tab=usage');
    const prompt = row(editor, 'newsletter v1');
    await prompt.getByText('through another snippet').waitFor();
    await prompt.getByText('prod').waitFor();
    await row(editor, 'rules v1').getByText('names it').waitFor();

    await button(editor, 'Delete …').click();
    const users = editor.page.getByRole('list', { name: 'What uses it' });
    await users.getByText('newsletter').waitFor();
    await users.getByText('rules').waitFor();
    expect(await inDialog(editor, 'Delete the snippet').isDisabled()).toBe(true);
    await inDialog(editor, 'Cancel').click();
    await prompt.click();
    await editor.page.waitForURL(/\/prompts\/newsletter\?tab=versions&version=1$/);

    await stage.admin.delete(promptPath('newsletter'));
    await editor.open('/snippets/rules');
    await button(editor, 'Delete …').click();
    await see(editor, 'Nothing uses it.');
    // A prompt that starts to use it while the dialog is open.
    await stage.admin.put(promptPath('late'), { template_source: '{% render "snippet/rules@1", who: a %}' });
    await inDialog(editor, 'Delete the snippet').click();
    await see(editor, 'SNIPPET_IN_USE');
    await users.getByText('late').waitFor();
    await stage.admin.delete(promptPath('late'));
    await inDialog(editor, 'Cancel').click();
    await button(editor, 'Delete …').click();
    await inDialog(editor, 'Delete the snippet').click();
    await see(editor, 'Snippet rules is gone.');
    await row(editor, 'mail/tone').waitFor();
    expect((await stage.admin.get('/v1/snippets/rules')).status).toBe(404);
  });

  it('is found by the start of its name', async () => {
    await stage.admin.put('/v1/snippets/legal', { template_source: 'No warranty.' });
    await editor.open('/snippets');
    await row(editor, 'legal').waitFor();
    await field(editor, 'Start of a name').fill('mail/');
    await row(editor, 'legal').waitFor({ state: 'detached' });
    await row(editor, 'mail/tone').waitFor();
    await field(editor, 'Start of a name').fill('tone');
    await see(editor, 'No snippet fits');
    await link(editor, 'Show all snippets').click();
    await row(editor, 'legal').waitFor();
  });

  it('is only read by viewers', async () => {
    const viewer = await arrive((await memberClient(stage, 'viewer')).key, '/snippets');
    await row(viewer, 'mail/tone').waitFor();
    expect(await button(viewer, 'New snippet').count()).toBe(0);
    await row(viewer, 'mail/tone').click();
    await see(viewer, 'read-only');
    await see(viewer, 'Write for {{audience}}, briefly.');
    expect(await template(viewer).count()).toBe(0);
    expect(await button(viewer, 'Delete …').count()).toBe(0);
    expect(await viewer.page.getByText('Save as version').count()).toBe(0);
  });

  it('runs nothing foreign', async () => {
    for (const person of people) {
      expect(await person.noted()).toEqual({ violations: [], executed: [], errors: [] });
    }
  });
});
