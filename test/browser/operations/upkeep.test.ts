import { putItems } from '../../e2e/evaluation/experiments.js';
import { expectMade, makeKey, memberClient } from '../../e2e/people.js';
import {
  ADMIN_KEY,
  ECHO,
  expectProblem,
  getExecution,
  promptPath,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../../e2e/stage.js';
import { WebhookReceiver } from '../../fakes/webhook-receiver.js';
import { eventually } from '../../support/eventually.js';
import { Person } from '../person.js';

let stage: Stage;
let receiver: WebhookReceiver;
const people: Person[] = [];

beforeAll(async () => {
  stage = await startStage({ WEBHOOK_ALLOWED_HOSTS: '127.0.0.1', SHUTDOWN_GRACE_MS: '500' });
  receiver = await WebhookReceiver.start();
  await putPrompt(stage.admin, 'reply', 'Answer {{question}}', { owner_team: 'Support' });
  await stage.admin.post('/v1/prices', { ...ECHO, input_usd_per_mtok: '1', output_usd_per_mtok: '1' });
});
afterAll(async () => {
  await stage.close();
  await receiver.stop();
});
afterEach(() => Promise.all(people.splice(0).map((person) => person.leave())));

async function arrive(key: string, path: string): Promise<Person> {
  const person = await Person.sitDown({ url: stage.ledger.url });
  people.push(person);
  await person.openAs(key, path);
  return person;
}

const button = (person: Person, name: string) => person.page.getByRole('button', { name, exact: true });
const inDialog = (person: Person, name: string) =>
  person.page.getByRole('dialog').getByRole('button', { name, exact: true });
const field = (person: Person, label: string) =>
  person.page.getByRole('dialog').getByLabel(label, { exact: true });
const run = (more: object) =>
  stage.admin.post('/v1/executions:run', { prompt_name: 'reply', model: ECHO, ...more });

async function listBudgets(): Promise<unknown[]> {
  return (await stage.admin.get('/v1/budgets')).body['budgets'] as unknown[];
}

describe('budgets', () => {
  it('are made, changed and deleted by an admin, and keep what was typed when they are refused', async () => {
    const { keyId } = await makeKey(stage, stage.admin, { name: 'checkout', role: 'runner' });
    const admin = await arrive(ADMIN_KEY, '/analytics');
    await button(admin, 'Make a budget').click();
    await field(admin, 'Name').fill('Support, a day');
    await field(admin, 'It limits').selectOption('owner_team');
    await field(admin, 'Team').fill('Support');
    await field(admin, 'For').selectOption('day');
    await field(admin, 'Limit, in dollars').fill('1,000');
    await field(admin, 'Callback').fill('http://10.0.0.1/');
    await inDialog(admin, 'Make the budget').click();
    const alerts = admin.page.getByRole('alert');
    await alerts.filter({ hasText: 'a decimal number of dollars' }).waitFor();
    await field(admin, 'Limit, in dollars').fill('0.000000000010');
    await inDialog(admin, 'Make the budget').click();
    await alerts.filter({ hasText: /VALIDATION_FAILED/ }).waitFor();
    expect(await field(admin, 'Team').inputValue()).toBe('Support');
    await field(admin, 'Callback').fill(receiver.url('/budget'));
    await inDialog(admin, 'Make the budget').click();
    await admin.page.getByText('team Support, a day').waitFor();
    expect(await listBudgets()).toMatchObject([
      {
        name: 'Support, a day',
        scope: 'owner_team',
        scope_value: 'Support',
        period: 'day',
        limit_usd: '0.00000000001',
        mode: 'hard',
        callback_url: receiver.url('/budget'),
      },
    ]);

    await button(admin, 'Change … Support, a day').click();
    expect(await inDialog(admin, 'Save the budget').isDisabled()).toBe(true);
    await field(admin, 'Limit, in dollars').fill('0.00001');
    await field(admin, 'When a call may exceed it').selectOption('soft');
    await inDialog(admin, 'Save the budget').click();
    await admin.page.getByText('of $0.00001').waitFor();
    expect(await listBudgets()).toMatchObject([{ limit_usd: '0.00001', mode: 'soft' }]);

    await run({ variables: { question: 'Why is the sky blue?' } });
    await eventually(async () => receiver.requests.length > 0, 'the threshold is told');
    await button(admin, 'Deliveries of Support, a day').click();
    const sent = admin.page.getByRole('dialog').getByRole('region', { name: 'budget.threshold' });
    await sent.getByText('delivered').waitFor();
    await sent.getByText('Try 1').waitFor();
    await admin.page.keyboard.press('Escape');

    await button(admin, 'Make a budget').click();
    await field(admin, 'It limits').selectOption('api_key');
    const suggested = admin.page.getByRole('dialog').locator(`datalist option[value="${keyId}"]`);
    await suggested.waitFor({ state: 'attached' });
    await field(admin, 'Id of the key').fill(keyId);
    await admin.page.getByRole('dialog').getByText('checkout').last().waitFor();
    await field(admin, 'Name').fill('Shop');
    await field(admin, 'Limit, in dollars').fill('$25');
    await inDialog(admin, 'Make the budget').click();
    await admin.page.getByText('key checkout, a month').waitFor();

    await button(admin, 'Change … Support, a day').click();
    await inDialog(admin, 'Delete …').click();
    await admin.page.getByText('It refuses no more calls').waitFor();
    await inDialog(admin, 'Delete the budget').click();
    await admin.page.getByText('Budget Support, a day is gone.').waitFor();
    await button(admin, 'Change … Support, a day').waitFor({ state: 'detached' });
    expect(await listBudgets()).toMatchObject([{ name: 'Shop', limit_usd: '25', scope_value: keyId }]);
    expect(await admin.noted()).toEqual({ violations: [], executed: [], errors: [] });
  });

  it('are only read by a viewer, with their deliveries', async () => {
    const budget = { name: 'All', scope: 'project', period: 'total', limit_usd: '5' };
    await stage.admin.post('/v1/budgets', { ...budget, callback_url: receiver.url('/all') });
    const viewer = await arrive((await memberClient(stage, 'viewer')).key, '/analytics');
    await button(viewer, 'Deliveries of All').click();
    await viewer.page.getByText('no threshold was passed').waitFor();
    await viewer.page.keyboard.press('Escape');
    await viewer.page.getByRole('meter', { name: 'Use of All' }).waitFor();
    expect(await button(viewer, 'Make a budget').count()).toBe(0);
    expect(await button(viewer, 'Change … All').count()).toBe(0);
  });
});

describe('a prompt', () => {
  it('is described and deleted by an editor, and its description makes no version', async () => {
    const facts = { description: 'Says hello', owner_team: 'Support', tags: ['mail'] };
    // JSON text, because the test is about the digits of the schema.
    await fetch(`${stage.ledger.url}${promptPath('greet')}`, {
      method: 'PUT',
      headers: { 'X-API-Key': ADMIN_KEY },
      body: JSON.stringify({ template_source: 'Hello {{n}}', set_active: true, ...facts }).replace(
        /}$/,
        ',"variables_schema":{"type":"object","properties":{"n":{"maximum":1.0000000000000000001}}}}',
      ),
    });
    const { body: before } = await stage.admin.get(`${promptPath('greet')}/versions/1`);
    const editor = await arrive((await memberClient(stage, 'editor')).key, '/prompts/greet');
    await button(editor, 'About …').click();
    await field(editor, 'Description').fill('Says hello to people');
    await field(editor, 'Tags').fill(`mail, ${'x'.repeat(101)}`);
    await inDialog(editor, 'Save it').click();
    await editor.page.getByRole('alert').filter({ hasText: 'VALIDATION_FAILED' }).waitFor();
    expect(await field(editor, 'Description').inputValue()).toBe('Says hello to people');
    await field(editor, 'Tags').fill('mail, chat, mail');
    await field(editor, 'Owner').fill('');
    await inDialog(editor, 'Save it').click();
    await editor.page.getByTitle('Says hello to people').waitFor();
    expect((await stage.admin.get(promptPath('greet'))).body).toMatchObject({
      description: 'Says hello to people',
      owner_team: null,
      tags: ['mail', 'chat'],
      active_version: { version_number: 1 },
    });
    const { body: versions } = await stage.admin.get(`${promptPath('greet')}/versions`);
    expect(versions).toMatchObject([{ checksum_hash: before['checksum_hash'] }]);

    await button(editor, 'Delete …').click();
    await editor.page.getByText('It runs now: active v1.').waitFor();
    await inDialog(editor, 'Delete the prompt').click();
    await editor.page.getByRole('heading', { level: 1, name: 'Prompts' }).waitFor();
    const rows = editor.page.getByRole('row');
    await rows.filter({ hasText: 'reply' }).waitFor();
    await rows.filter({ hasText: 'greet' }).waitFor({ state: 'detached' });
    expectProblem(await stage.admin.get(promptPath('greet')), 404, 'PROMPT_NOT_FOUND');
    expect(await editor.noted()).toEqual({ violations: [], executed: [], errors: [] });
  });
});

describe('the content of an execution', () => {
  it('is erased by an admin for ever, while a runner only sees how its callback was delivered', async () => {
    const id = await submit(stage.admin, {
      prompt_name: 'reply',
      model: ECHO,
      variables: { question: 'Where does Ada live?' },
      callback_url: receiver.url('/execution'),
    });
    await untilFinal(stage.admin, id);
    const runner = await arrive((await memberClient(stage, 'runner')).key, `/executions/${id}`);
    const delivery = runner.page.getByRole('region', { name: 'execution.succeeded' });
    await delivery.getByText('delivered').waitFor();
    expect(await runner.findBarriers()).toEqual([]);
    expect(await button(runner, 'Erase content …').count()).toBe(0);
    await runner.open('/prompts/reply');
    await button(runner, 'Nothing has changed').or(runner.page.getByText('read-only')).waitFor();
    expect(await button(runner, 'About …').count()).toBe(0);
    expect(await button(runner, 'Delete …').count()).toBe(0);

    const admin = await arrive(ADMIN_KEY, `/executions/${id}`);
    await admin.page.getByText('Where does Ada live?').first().waitFor();
    await button(admin, 'Erase content …').click();
    await admin.page.getByText('What stays: its status').waitFor();
    await inDialog(admin, 'Erase it for ever').click();
    await admin.page.getByText('Variables, prompt and answer were erased').waitFor();
    await admin.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await admin.page.getByText('Where does Ada live?').count()).toBe(0);
    expect(await button(admin, 'Erase content …').count()).toBe(0);
    expect(await getExecution(stage.admin, id)).toMatchObject({ variables: null, response_text: null });
    expect(await admin.noted()).toEqual({ violations: [], executed: [], errors: [] });
  });
});

describe('a batch', () => {
  it('is found from an execution, and shows how its callback was delivered; an experiment has its own screen', async () => {
    const entries = [{ variables: { question: 'One?' } }, { variables: { question: 'Two?' } }];
    const batch = { prompt_name: 'reply', model: ECHO, entries, callback_url: receiver.url('/batch') };
    const submitted = expectMade(await stage.admin.post('/v1/executions:submit-batch', batch), 202);
    const [first = ''] = submitted['execution_ids'] as string[];
    await untilFinal(stage.admin, first);
    const runner = await arrive((await memberClient(stage, 'runner')).key, `/executions/${first}`);
    await runner.page.getByRole('link', { name: String(submitted['batch_id']).slice(0, 13) }).click();
    await runner.page.getByText('2 of 2 are over').waitFor();
    await runner.page.getByRole('region', { name: 'batch.completed' }).getByText('delivered').waitFor();
    await runner.page.getByRole('link', { name: 'reply v1' }).waitFor();

    await putItems(stage.admin, 'questions', [{ variables: { question: 'Why?' } }]);
    expectMade(await stage.admin.put('/v1/scorers/short', { kind: 'check', check: 'json_valid' }), 200);
    const experiment = expectMade(
      await stage.admin.post('/v1/experiments', {
        name: 'Once',
        dataset: { name: 'questions' },
        candidates: [{ label: 'a', prompt_name: 'reply', version_number: 1, model: ECHO }],
        scorers: [{ name: 'short' }],
      }),
      202,
    );
    await runner.open(`/executions/batches/${String(experiment['experiment_id'])}`);
    await runner.page.getByRole('heading', { level: 1, name: 'Once' }).waitFor();
  });

  it('is followed, counted and canceled by a runner, and leads to its executions', async () => {
    const entries = Array.from({ length: 60 }, (_, at) => ({ variables: { question: `Number ${at}?` } }));
    const batch = { prompt_name: 'reply', entries, callback_url: receiver.url('/batch') };
    // More calls than run at once, none of which ends before the test says so.
    const model = { provider: 'echo', model_name: 'echo-hang' };
    await stage.admin.put('/v1/models/echo/echo-hang', {});
    await stage.admin.post('/v1/prices', { ...model, input_usd_per_mtok: '0', output_usd_per_mtok: '0' });
    const submitted = expectMade(
      await stage.admin.post('/v1/executions:submit-batch', { ...batch, model }),
      202,
    );
    const id = String(submitted['batch_id']);
    const path = `/executions/batches/${id}`;
    const reading = await makeKey(stage, stage.admin, { scopes: ['prompts:read', 'executions:read'] });
    const reader = await arrive(reading.key, path);
    await reader.page.getByText('0 of 60 are over').waitFor();
    expect(await button(reader, 'Cancel …').count()).toBe(0);

    const runner = await arrive((await memberClient(stage, 'runner')).key, path);
    await button(runner, 'Cancel …').click();
    await runner.page.getByText('What is being called goes on.').waitFor();
    await inDialog(runner, 'Cancel it').click();
    await runner.page.getByText('What waited is canceled').waitFor();
    await button(runner, 'Cancel …').waitFor({ state: 'detached' });
    const { counts } = (await stage.admin.get(`/v1/batches/${id}`)).body as {
      counts: Record<string, number>;
    };
    expect(counts).toMatchObject({ queued: 0, canceled: 60 - Number(counts['running']) });
    expect(counts['canceled']).toBeGreaterThan(0);
    expect(await runner.findBarriers()).toEqual([]);
    await runner.page.getByRole('link', { name: String(counts['canceled']), exact: true }).click();
    await runner.page.getByRole('button', { name: `Batch ${id.slice(0, 8)}` }).waitFor();
    await runner.page.getByRole('row').filter({ hasText: 'canceled' }).first().waitFor();
    expect(await runner.noted()).toEqual({ violations: [], executed: [], errors: [] });
  });
});
