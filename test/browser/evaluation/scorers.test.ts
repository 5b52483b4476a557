import { ECHO, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { memberClient } from '../../e2e/people.js';
import { hostileTexts } from '../hostile-texts.js';
import { Person } from '../person.js';

const TEXTS = hostileTexts(50);

let stage: Stage;
let executionId: string;
const people = new Map<string, Person>();

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greet', 'Hello {{name}}');
  await putPrompt(stage.admin, 'judge', '{"explanation": "It greets.", "value": 4}');
  const run = { prompt_name: 'greet', model: ECHO, variables: { name: 'Ada' } };
  executionId = String((await stage.admin.post('/v1/executions:run', run)).body['execution_id']);
});
afterAll(async () => {
  await Promise.all([...people.values()].map((person) => person.leave()));
  await stage.close();
});

/** Opens a screen as the member with this role, who signs in once. */
async function arrive(role: 'viewer' | 'runner' | 'editor', path: string): Promise<Person> {
  const before = people.get(role);
  if (before !== undefined) {
    await before.open(path);
    return before;
  }
  const person = await Person.sitDown({ url: stage.ledger.url });
  people.set(role, person);
  await person.openAs((await memberClient(stage, role)).key, path);
  return person;
}

const button = (person: Person, name: RegExp | string) =>
  person.page.getByRole('button', { name, exact: typeof name === 'string' });
const inDialog = (person: Person, name: string) =>
  person.page.getByRole('dialog').getByRole('button', { name, exact: true });
const link = (person: Person, name: string) =>
  person.page.getByRole('main').getByRole('link', { name, exact: true });
const row = (person: Person, text: string) => person.page.getByRole('row').filter({ hasText: text });
const field = (person: Person, label: string) => person.page.getByLabel(label, { exact: true });
const alert = (person: Person, text: string) => person.page.getByRole('alert').filter({ hasText: text });
/** Waits until a scorer is shown after it was saved. */
const shown = (person: Person, name: string) => person.page.waitForURL(`**/app/scorers/${name}`);
/** Saves by the keyboard. */
const save = (person: Person) => person.page.keyboard.press('Control+s');

async function readDefinition(name: string): Promise<unknown> {
  const { body } = await stage.admin.get(`/v1/scorers/${name}`);
  return (body['latest_version'] as { definition: unknown }).definition;
}

describe('a scorer', () => {
  it('of each kind is made by an editor, and a refusal is said at its field', async () => {
    const editor = await arrive('editor', '/scorers');
    await editor.page.getByText('No scorers yet').waitFor();
    await link(editor, 'Make a scorer').first().click();
    await field(editor, 'Name').fill('names');
    await field(editor, 'The answer').selectOption('matches a pattern');
    await field(editor, 'Pattern').fill('(');
    await button(editor, /^Make the scorer/).click();
    await alert(editor, 'SCORER_INVALID').waitFor();
    expect(await field(editor, 'Pattern').getAttribute('aria-invalid')).toBe('true');
    expect(await field(editor, 'Name').inputValue()).toBe('names');
    await field(editor, 'Pattern').fill('ada');
    await field(editor, 'Passes from').fill('0');
    await save(editor);
    await alert(editor, 'must be above 0').waitFor();
    // The draft outlives a reload.
    await editor.page.reload();
    await field(editor, 'Passes from').fill('');
    expect(await field(editor, 'Pattern').inputValue()).toBe('ada');
    await save(editor);
    await shown(editor, 'names');
    expect(await readDefinition('names')).toEqual({ check: 'regex', value: 'ada' });

    await link(editor, 'Scorers').click();
    await row(editor, 'regex "ada"').waitFor();
    await link(editor, 'Make a scorer').click();
    await field(editor, 'Name').fill('names');
    await field(editor, 'Judged by').selectOption('code');
    const source = editor.page.getByRole('textbox', { name: 'JavaScript' });
    await source.fill('({ response_text }) =>');
    await save(editor);
    await alert(editor, 'NAME_TAKEN').waitFor();
    await field(editor, 'Name').fill('short');
    await save(editor);
    await alert(editor, 'SCORER_INVALID').waitFor();
    expect(await source.getAttribute('aria-invalid')).toBe('true');
    await source.fill(
      '({ response_text }) => ({\n  value: response_text.length < 20 ? 1 : 0,\n  label: "counted",\n})',
    );
    await save(editor);
    await shown(editor, 'short');
    await editor.page.getByText('response_text.length < 20').waitFor();

    await link(editor, 'Scorers').click();
    await link(editor, 'Make a scorer').click();
    await field(editor, 'Name').fill('friendly');
    await field(editor, 'Judged by').selectOption('judge');
    await field(editor, 'Prompt').fill('nobody');
    await field(editor, 'Model').fill('echo/echo');
    await field(editor, 'Params, as JSON').fill('{"temperature": 0.2}');
    await field(editor, 'The verdict is').selectOption('a number');
    await field(editor, 'From').fill('1');
    await field(editor, 'To').fill('5');
    await field(editor, 'Passes from').fill('4');
    await save(editor);
    await alert(editor, 'PROMPT_NOT_FOUND').waitFor();
    await field(editor, 'Prompt').fill('judge');
    await save(editor);
    await shown(editor, 'friendly');
    await link(editor, 'judge').waitFor();
    await editor.page.getByText('"temperature": 0.2').waitFor();

    await link(editor, 'Scorers').click();
    await link(editor, 'Make a scorer').click();
    await field(editor, 'Name').fill('helpful');
    await field(editor, 'Judged by').selectOption('human');
    await field(editor, 'passes, label 2').check();
    await save(editor);
    await alert(editor, 'every answer would pass').waitFor();
    await field(editor, 'The verdict is').selectOption('a number');
    await field(editor, 'From').fill('1');
    await field(editor, 'To').fill('5');
    await save(editor);
    // A warning of the service stays until somebody has read it.
    await editor.page.getByRole('status').filter({ hasText: 'set threshold' }).waitFor();
    await link(editor, 'Open the scorer').click();
    await link(editor, 'Judge answers').waitFor();
    await link(editor, 'Scorers').click();
    await row(editor, '1 to 5').waitFor();
    expect(await editor.page.getByRole('row').count()).toBe(5);
    await field(editor, 'Kind').selectOption('judge');
    await row(editor, 'names').waitFor({ state: 'detached' });
    await row(editor, 'judge v1').waitFor();
  });

  it('is changed and deleted by an editor, who sees what changes between two versions', async () => {
    const editor = await arrive('editor', '/scorers/names?tab=change');
    await field(editor, 'Pattern').fill('(?i)ada');
    await save(editor);
    await shown(editor, 'names');
    await link(editor, 'Versions').click();
    const changes = editor.page.getByLabel('What changes', { exact: true });
    await changes.getByText('(?i)').waitFor();
    await button(editor, /^v1/).click();
    await editor.page.getByText('This is the first version.').waitFor();
    await editor.page.getByLabel('against').selectOption('v2');
    await changes.getByText('(?i)').waitFor();

    await link(editor, 'Change').click();
    await field(editor, 'Pattern').fill('ada');
    await save(editor);
    await editor.page.getByText('version 2 stays the newest').waitFor();
    await button(editor, 'Discard what I typed').click();
    expect(await field(editor, 'Pattern').inputValue()).toBe('(?i)ada');

    await stage.admin.put('/v1/scorers/other', { kind: 'check', check: 'is_refusal' });
    await link(editor, 'Scorers').click();
    await row(editor, 'other').click();
    await button(editor, 'Delete …').click();
    await inDialog(editor, 'Delete the scorer').click();
    await row(editor, 'names').waitFor();
    await row(editor, 'other').waitFor({ state: 'detached' });
    expect((await stage.admin.get('/v1/scorers/other')).status).toBe(404);
  });

  it('is tried by a runner, who keeps the score, and is offered no change', async () => {
    const runner = await arrive('runner', '/scorers/names');
    await link(runner, 'Try it').waitFor();
    expect(await button(runner, 'Delete …').count()).toBe(0);
    expect(await link(runner, 'Change').count()).toBe(0);
    await link(runner, 'Try it').click();
    await field(runner, 'Execution').selectOption('another one, by its id');
    const tabs = runner.page.getByRole('navigation', { name: 'Parts of the scorer' });
    expect(await tabs.locator('a[aria-current="page"]').allInnerTexts()).toEqual(['Try it']);
    await field(runner, 'Id of the execution').fill('none');
    await button(runner, 'Score it').click();
    await alert(runner, 'must be a UUID').waitFor();
    await field(runner, 'Id of the execution').fill(executionId);
    await field(runner, 'Keep the score').check();
    await button(runner, 'Score it').click();
    const verdict = runner.page.getByRole('main').locator('section', { hasText: 'Verdict' });
    await verdict.getByText('passed', { exact: true }).waitFor();
    const { body } = await stage.admin.get(`/v1/scores?execution_id=${executionId}`);
    expect(body['scores']).toMatchObject([{ scorer: 'names', scorer_version: 2, passed: true }]);

    await stage.admin.put('/v1/scorers/expected', { kind: 'check', check: 'equals' });
    await runner.open(`/scorers/expected?tab=try&execution=${executionId}`);
    await button(runner, 'Score it').click();
    await verdict.getByText('expected_unusable').waitFor();
    await field(runner, 'What is expected').selectOption('a text');
    await field(runner, 'Expected text').fill('Hello Ada');
    await button(runner, 'Score it').click();
    await verdict.getByText('passed', { exact: true }).waitFor();

    await runner.open('/scorers/friendly?tab=try');
    await field(runner, 'Execution')
      .locator('option', { hasText: 'greet v1' })
      .waitFor({ state: 'attached' });
    await field(runner, 'Execution').selectOption({ value: executionId });
    await button(runner, 'Score it').click();
    await verdict.getByText('It greets.').waitFor();
    await verdict.getByRole('link').first().click();
    await runner.page.getByText('Lineage').first().waitFor();
  });

  it('is seen by viewers, who are offered nothing else', async () => {
    const viewer = await arrive('viewer', '/scorers');
    await row(viewer, 'short').click();
    await link(viewer, 'Versions').waitFor();
    await viewer.page.getByText('response_text.length < 20').waitFor();
    const tabs = viewer.page.getByRole('navigation', { name: 'Parts of the scorer' }).getByRole('link');
    expect(await tabs.allInnerTexts()).toEqual(['Definition', 'Versions']);
    expect(await button(viewer, /Delete/).count()).toBe(0);
    await viewer.open('/scorers/-/new');
    await viewer.page.getByText('Your role may not make scorers').waitFor();
  });
});

describe('an outcome', () => {
  it('is recorded by a runner on the page of the execution, and its first value counts', async () => {
    const runner = await arrive('runner', `/executions/${executionId}`);
    const record = async (metric: string, value: string, number?: string) => {
      await field(runner, 'Metric').fill(metric);
      await field(runner, 'Value').selectOption(value);
      if (number !== undefined) await field(runner, 'Number').fill(number);
      await inDialog(runner, 'Record it').click();
    };
    await button(runner, 'Record an outcome').click();
    await record('not a name', 'true');
    await alert(runner, 'VALIDATION_FAILED').waitFor();
    expect(await field(runner, 'Metric').getAttribute('aria-invalid')).toBe('true');
    await record('resolved', 'true');
    const outcomes = runner.page.getByRole('main').locator('section', { hasText: 'Outcomes' });
    await outcomes.getByText('resolved', { exact: true }).waitFor();
    await button(runner, 'Record an outcome').click();
    await record('resolved', 'false');
    await runner.page.getByText('resolved was true before, and the first value counts').waitFor();
    await button(runner, 'Record an outcome').click();
    await record('stars', 'a number', '4.5');
    await outcomes.getByText('4.5').waitFor();
    const { body } = await stage.admin.get(`/v1/outcomes?execution_id=${executionId}`);
    expect(body['outcomes']).toMatchObject([
      { metric: 'stars', value: 4.5 },
      { metric: 'resolved', value: true },
    ]);
  });
});

describe('texts that would run elsewhere', () => {
  it('are only texts in the fields of scorers and outcomes', async () => {
    await stage.admin.put('/v1/scorers/says', {
      kind: 'code',
      source: `() => ({ value: 1, label: '<svg>', explanation: ${JSON.stringify(TEXTS.join('\n').slice(0, 9_000))} })`,
    });
    const editor = await arrive('editor', '/scorers/-/new');
    await field(editor, 'Name').fill(TEXTS[0]!);
    await field(editor, 'Only this part of it').fill(TEXTS[1]!);
    await field(editor, 'Text').fill(TEXTS.join('\n'));
    await field(editor, 'Passes from').fill(TEXTS[2]!);
    await save(editor);
    await alert(editor, 'must be a number').waitFor();
    await field(editor, 'Passes from').fill('');
    await save(editor);
    await alert(editor, 'VALIDATION_FAILED').first().waitFor();
    await field(editor, 'Compare with').selectOption('JSON');
    await field(editor, 'Value, as JSON').fill(TEXTS[3]!);
    await save(editor);
    await alert(editor, 'line 1').waitFor();
    await field(editor, 'Name').fill('typed');
    await field(editor, 'Judged by').selectOption('code');
    await editor.page.getByRole('textbox', { name: 'JavaScript' }).fill(TEXTS.join('\n'));
    await save(editor);
    await alert(editor, 'SCORER_INVALID').waitFor();
    await field(editor, 'Judged by').selectOption('judge');
    for (const label of ['Prompt', 'Model', 'Params, as JSON', 'Label 1']) {
      await field(editor, label).fill(TEXTS[4]!);
    }
    await save(editor);
    await alert(editor, 'line 1').waitFor();
    await editor.open(`/scorers/says?tab=try&execution=${executionId}`);
    await field(editor, 'What is expected').selectOption('a text');
    await field(editor, 'Expected text').fill(TEXTS.join('\n'));
    await button(editor, 'Score it').click();
    await editor.page.getByText('</title><script>').first().waitFor();
    await editor.open(`/executions/${executionId}`);
    await button(editor, 'Record an outcome').click();
    await field(editor, 'Metric').fill(TEXTS[5]!);
    await inDialog(editor, 'Record it').click();
    await alert(editor, 'VALIDATION_FAILED').waitFor();
    expect(await editor.noted()).toEqual({ violations: [], executed: [], errors: [] });
  });
});
