import { ADMIN_KEY, ECHO, promptPath, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { memberClient } from '../../e2e/people.js';
import { eventually } from '../../support/eventually.js';
import { Person } from '../person.js';

let stage: Stage;
const people: Person[] = [];

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greet', 'Hello {{name}}');
  await stage.admin.put(promptPath('greet'), { template_source: 'Hello' });
  await stage.admin.put('/v1/scorers/names', { kind: 'check', check: 'contains' });
});
afterAll(() => stage.close());
afterEach(() => Promise.all(people.splice(0).map((person) => person.leave())));

async function arrive(key: string, path: string): Promise<Person> {
  const person = await Person.sitDown({ url: stage.ledger.url });
  people.push(person);
  await person.openAs(key, path);
  return person;
}

const button = (person: Person, name: RegExp | string) =>
  person.page.getByRole('button', { name, exact: typeof name === 'string' });
const inDialog = (person: Person, name: string) =>
  person.page.getByRole('dialog').getByRole('button', { name, exact: true });
const row = (person: Person, text: string) => person.page.getByRole('row').filter({ hasText: text });
const field = (person: Person, label: string) => person.page.getByLabel(label, { exact: true });

/** Returns the titles of the tabs that are marked as the one that is shown. */
function currentTabs(person: Person, label: string): Promise<string[]> {
  const tabs = person.page.getByRole('navigation', { name: label });
  return tabs.locator('a[aria-current="page"]').allInnerTexts();
}

async function importFile(person: Person, name: string, text: string, mode = 'append'): Promise<void> {
  await button(person, 'Import a file').first().click();
  await field(person, 'File').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  await field(person, 'Its items').selectOption(mode);
  await inDialog(person, 'Import the items').click();
}

async function listItems(): Promise<unknown[]> {
  const { body } = await stage.admin.get('/v1/datasets/people/items?limit=200');
  return body['items'] as unknown[];
}

describe('a dataset', () => {
  it('is made by an editor and takes CSV, JSON and JSON lines, as they are written', async () => {
    const editor = await arrive((await memberClient(stage, 'editor')).key, '/datasets');
    await button(editor, 'Make a dataset').first().click();
    await field(editor, 'Name').fill('people');
    await inDialog(editor, 'Make the dataset').click();
    await editor.page.getByText('No items yet').waitFor();

    await importFile(editor, 'bad.csv', 'name,expected\nAda,Ada\n"Grace\n');
    await editor.page.getByText('bad.csv:3: a quote is not closed; nothing was changed.').waitFor();
    expect(await listItems()).toEqual([]);
    await inDialog(editor, 'Cancel').click();

    await importFile(
      editor,
      'people.csv',
      '\ufeffexternal_id,name,expected,metadata.from,age:json\r\n1,"Ada ""L""\nx",Ada,London,1.10\r\n2,Grace,,,\r\n',
    );
    await row(editor, 'Grace').waitFor();
    expect(await listItems()).toMatchObject([
      { external_id: '1', variables: { name: 'Ada "L"\nx' }, expected: 'Ada', metadata: { from: 'London' } },
      { external_id: '2', variables: { name: 'Grace' } },
    ]);

    await importFile(
      editor,
      'people.jsonl',
      '{"external_id": "2", "variables": {"name": "Grace H", "n": 12345678901234567890}}\n\n',
    );
    await row(editor, '12345678901234567890').waitFor();
    await row(editor, '1.10').first().waitFor();

    await importFile(
      editor,
      'people.json',
      JSON.stringify(['Ada', 'Grace', 'Alan'].map((name) => ({ variables: { name }, expected: name }))),
      'replace',
    );
    await editor.page.getByText('3 items', { exact: true }).waitFor();
    await editor.page.getByRole('link', { name: 'Versions' }).click();
    await row(editor, 'current').waitFor();
    expect(await currentTabs(editor, 'Parts of the dataset')).toEqual(['Versions']);
    // The header row, and each version.
    expect(await editor.page.getByRole('row').count()).toBe(4);
    await editor.page.getByRole('row').last().click();
    await row(editor, 'London').waitFor({ state: 'detached' });
    await editor.page.getByText('as it was').waitFor();
  });
});

describe('an experiment', () => {
  it('is started by an editor, says which candidate is better, and where they differ', async () => {
    const editor = await arrive((await memberClient(stage, 'editor')).key, '/experiments/new');
    await field(editor, 'Name').fill('with and without the name');
    await field(editor, 'Dataset').selectOption('people');
    const candidate = (nth: number) => editor.page.getByRole('group', { name: `Candidate ${nth}` });
    for (const nth of [1, 2]) {
      await candidate(nth).getByLabel('Prompt').fill('greet');
      await candidate(nth).getByLabel('Version').fill(String(nth));
      await candidate(nth).getByLabel('Model').selectOption('echo/echo');
    }
    await editor.page.getByLabel(/^names/).check();
    await button(editor, 'Start the experiment').click();
    await editor.page.getByText('3 items differ').waitFor({ timeout: 60_000 });
    await editor.page.getByText('3: 0 won, 3 lost, 0 even').waitFor();
    await editor.page.getByText('100.0 %').waitFor();
    const download = editor.page.waitForEvent('download');
    await button(editor, 'Save the report').click();
    expect((await download).suggestedFilename()).toMatch(/\.md$/);
    await editor.page.getByLabel('Baseline').selectOption('b');
    await editor.page.getByText('3: 3 won, 0 lost, 0 even').waitFor();
    await editor.page.getByRole('link', { name: 'item 1 by a: 1' }).waitFor();
    await editor.page.getByRole('link', { name: 'Compare the executions of item 1' }).click();
    await editor.page.waitForURL(/\/executions\/[^/]+\/compare\?with=/);
    await editor.page.getByRole('region', { name: 'Outcome' }).first().waitFor();
    await editor.page.goBack();
    await editor.page.getByText('3: 3 won, 0 lost, 0 even').waitFor();
    await editor.page.getByRole('link', { name: 'Results' }).click();
    await row(editor, 'names 1').first().waitFor();
    expect(await currentTabs(editor, 'Parts of the experiment')).toEqual(['Results']);
    await editor.page.getByLabel('Only what did not pass').check();
    await row(editor, 'names 1').first().waitFor({ state: 'detached' });
    await row(editor, 'names 0').first().click();
    await editor.page.getByText('Lineage').first().waitFor();
  });

  it('is seen by viewers, who are offered no start and no results', async () => {
    const viewer = await arrive((await memberClient(stage, 'viewer')).key, '/experiments');
    await row(viewer, 'with and without the name').click();
    await viewer.page.getByText('3 items differ').waitFor();
    expect(await viewer.page.getByRole('link', { name: /item 1/ }).count()).toBe(0);
    expect(await button(viewer, /Cancel/).count()).toBe(0);
    await viewer.page.getByRole('link', { name: 'Results' }).click();
    await viewer.page.getByText('Your role may not read results').waitFor();
    await viewer.open('/datasets/people');
    await viewer.page.getByText('Your role may not read items').waitFor();
    await viewer.open('/experiments/new');
    await viewer.page.getByText('Your role may not start experiments').waitFor();
    await viewer.open('/annotation');
    await viewer.page.getByText('Your role may not judge answers').waitFor();
  });
});

describe('annotation', () => {
  it('goes from answer to answer by the keyboard only', async () => {
    const admin = await arrive(ADMIN_KEY, '/annotation');
    await button(admin, 'Make a scorer').first().click();
    await field(admin, 'Name').fill('polite');
    await inDialog(admin, 'Make the scorer').click();
    const answer = admin.page.getByLabel('Answer', { exact: true });
    await answer.waitFor();
    const where = () => admin.page.getByRole('link', { name: 'The execution with its lineage' });
    const first = await where().getAttribute('href');
    const keys = admin.page.keyboard;
    const untilMoved = (from: string | null) =>
      admin.page.locator(`a[href="${from}"]`, { hasText: 'The execution' }).waitFor({ state: 'detached' });
    await keys.press('e');
    await keys.type('says 1 hello');
    await keys.press('Escape');
    await keys.press('1');
    await untilMoved(first);
    await answer.waitFor();
    const second = await where().getAttribute('href');
    await keys.press('n');
    await untilMoved(second);
    await answer.waitFor();
    await keys.press('b');
    await admin.page.locator(`a[href="${second}"]`, { hasText: 'The execution' }).waitFor();
    await answer.waitFor();
    await keys.press('2');
    await untilMoved(second);
    const { body } = await stage.admin.get('/v1/scores?scorer=polite');
    expect(body['scores']).toMatchObject([
      { label: 'bad', passed: false, explanation: null, execution_id: second?.split('/').at(-1) },
      { label: 'good', passed: true, explanation: 'says 1 hello', execution_id: first?.split('/').at(-1) },
    ]);
    await admin.open('/annotation?scorer=polite');
    await answer.waitFor();
    expect([first, second]).not.toContain(await where().getAttribute('href'));
  });

  it('stays at the answer that somebody writes about when newer ones come', async () => {
    const admin = await arrive(ADMIN_KEY, '/annotation?scorer=polite&show=all');
    const { page } = admin;
    await page.getByLabel('Answer', { exact: true }).waitFor();
    const where = page.getByRole('link', { name: 'The execution with its lineage' });
    const judged = await where.getAttribute('href');
    await page.keyboard.press('e');
    await page.keyboard.type('not yet');
    const run = { prompt_name: 'greet', model: ECHO, variables: { name: 'Newer' } };
    const newer = await stage.admin.post('/v1/executions:run', run);
    let isListed = false;
    page.on('response', (response) => {
      if (!response.url().includes('/v1/executions?')) return;
      void response.text().then((text) => (isListed ||= text.includes(String(newer.body['execution_id']))));
    });
    // Somebody returns to the window.
    await eventually(async () => {
      await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
      return isListed;
    }, 'the list is read again');
    expect(await where.getAttribute('href')).toBe(judged);
    expect(await page.getByLabel('Why', { exact: false }).inputValue()).toBe('not yet');
    await page.keyboard.press('Escape');
    await page.keyboard.press('1');
    await page.locator(`a[href="${judged}"]`, { hasText: 'The execution' }).waitFor({ state: 'detached' });
    const { body } = await stage.admin.get('/v1/scores?scorer=polite&limit=1');
    expect(body['scores']).toMatchObject([
      { explanation: 'not yet', execution_id: judged?.split('/').at(-1) },
    ]);
  });
});
