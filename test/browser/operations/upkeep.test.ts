import { makeKey, memberClient } from '../../e2e/people.js';
import { ADMIN_KEY, ECHO, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { WebhookReceiver } from '../../fakes/webhook-receiver.js';
import { eventually } from '../../support/eventually.js';
import { Person } from '../person.js';

let stage: Stage;
let receiver: WebhookReceiver;
const people: Person[] = [];

beforeAll(async () => {
  stage = await startStage({ WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' });
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
    await admin.page.keyboard.press('Escape');

    await button(admin, 'Change … Support, a day').click();
    await inDialog(admin, 'Delete …').click();
    await admin.page.getByText('It refuses no more calls').waitFor();
    await inDialog(admin, 'Delete the budget').click();
    await admin.page.getByText('There is no budget').waitFor();
    expect(await listBudgets()).toEqual([]);
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
