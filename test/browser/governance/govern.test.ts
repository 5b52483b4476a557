import { ADMIN_KEY, type Stage, startStage } from '../../e2e/stage.js';
import { makeKey, memberClient } from '../../e2e/people.js';
import { api } from '../../support/api-client.js';
import { Person } from '../person.js';

let stage: Stage;
const people: Person[] = [];

beforeAll(async () => {
  stage = await startStage();
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
const inDialog = (person: Person, name: RegExp | string) =>
  person.page.getByRole('dialog').getByRole('button', { name, exact: typeof name === 'string' });
const row = (person: Person, text: string) => person.page.getByRole('row').filter({ hasText: text });
const field = (person: Person, label: string) => person.page.getByLabel(label, { exact: true });
const copied = (person: Person) => person.page.evaluate(() => navigator.clipboard.readText());

describe('keys', () => {
  it('are made, shown once, rotated and revoked by an admin', async () => {
    const admin = await arrive((await memberClient(stage, 'admin')).key, '/keys');
    await button(admin, 'Make a key').click();
    await field(admin, 'Name').fill('checkout');
    await field(admin, 'May do').selectOption('viewer');
    await inDialog(admin, 'Make the key').click();
    await admin.page.getByText('Nobody can read it again').waitFor();
    await admin.page.keyboard.press('Escape');
    await inDialog(admin, 'Copy the secret').click();
    await inDialog(admin, 'Copied').waitFor();
    const first = await copied(admin);
    expect((await api(stage.ledger.url, first).get('/v1/me')).body['role']).toBe('viewer');
    await inDialog(admin, 'I have kept it').click();
    await row(admin, 'checkout').waitFor();
    expect(await admin.page.content()).not.toContain(first);

    await row(admin, 'checkout').click();
    await inDialog(admin, 'Rotate …').click();
    await field(admin, 'The secret of now works on').selectOption('not at all: it has leaked');
    await inDialog(admin, 'Give it a new secret').click();
    await inDialog(admin, 'Copy the secret').click();
    await inDialog(admin, 'Copied').waitFor();
    const second = await copied(admin);
    expect((await api(stage.ledger.url, first).get('/v1/me')).status).toBe(401);
    expect((await api(stage.ledger.url, second).get('/v1/me')).status).toBe(200);
    await inDialog(admin, 'I have kept it').click();

    await row(admin, 'checkout').focus();
    await admin.page.keyboard.press('Enter');
    await inDialog(admin, 'Revoke …').click();
    await inDialog(admin, 'Revoke the key').click();
    await row(admin, 'checkout').filter({ hasText: 'revoked' }).waitFor();
    expect((await api(stage.ledger.url, second).get('/v1/me')).status).toBe(401);
  });

  it('keep what was typed when the service refuses it, and say why at the field', async () => {
    const admin = await arrive(ADMIN_KEY, '/keys');
    await button(admin, 'Make a key').click();
    await field(admin, 'Name').fill('past');
    await field(admin, 'Works until').fill('2020-01-01T00:00');
    await inDialog(admin, 'Make the key').click();
    await admin.page.getByRole('alert').getByText('VALIDATION_FAILED').waitFor();
    expect(await field(admin, 'Works until').getAttribute('aria-invalid')).toBe('true');
    expect(await field(admin, 'Name').inputValue()).toBe('past');
  });
});

describe('members and teams', () => {
  it('are added, given roles and taken out', async () => {
    const admin = await arrive((await memberClient(stage, 'admin')).key, '/members');
    await button(admin, 'Add a member').click();
    await field(admin, 'Name').fill('Ada Lovelace');
    await field(admin, 'Email').fill('ada@example.com');
    await field(admin, 'Role').selectOption('editor');
    await inDialog(admin, 'Add the member').click();
    await row(admin, 'ada@example.com').filter({ hasText: 'editor' }).click();
    await field(admin, 'Role').selectOption('approver');
    await inDialog(admin, 'Set the role').click();
    await row(admin, 'ada@example.com').filter({ hasText: 'approver' }).waitFor();

    await button(admin, 'Add a member').click();
    await field(admin, 'Name').fill('Another Ada');
    await field(admin, 'Email').fill('ADA@example.com');
    await inDialog(admin, 'Add the member').click();
    await admin.page.getByRole('alert').getByText('USER_EXISTS').waitFor();
    expect(await field(admin, 'Name').inputValue()).toBe('Another Ada');
    await inDialog(admin, 'Cancel').click();

    await admin.page.getByRole('link', { name: 'Teams' }).click();
    await admin.page.getByText('No teams yet').waitFor();
    await button(admin, 'Make a team').first().click();
    await field(admin, 'Name').fill('Support');
    await field(admin, 'Ada Lovelace').check();
    await inDialog(admin, 'Save the team').click();
    await row(admin, 'Support').filter({ hasText: 'editor' }).waitFor();

    await admin.page.getByRole('link', { name: 'Members', exact: true }).click();
    await row(admin, 'ada@example.com').click();
    await inDialog(admin, 'Take out …').click();
    await inDialog(admin, 'Take them out').click();
    await admin.page.getByText('Ada Lovelace is no longer a member.').waitFor();
    const { body } = await stage.admin.get('/v1/teams/Support');
    expect(body['members']).toEqual([]);
  });
});

describe('the settings', () => {
  it('protect an environment', async () => {
    const admin = await arrive((await memberClient(stage, 'admin')).key, '/environments');
    await row(admin, 'staging').click();
    await field(admin, 'Protected').check();
    await field(admin, 'Approvals needed').fill('2');
    await inDialog(admin, 'Set the rules').click();
    await row(admin, 'staging').filter({ hasText: 'by change' }).waitFor();
    const { body } = await stage.admin.get('/v1/environments');
    expect(body['environments']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'staging', protected: true, approvals: { required: 2, teams: [] } }),
      ]),
    );
  });

  it('allow a model, say what it costs, and lead a route to it', async () => {
    const admin = await arrive((await memberClient(stage, 'admin')).key, '/models');
    await button(admin, 'Allow a model').click();
    await field(admin, 'Provider').fill('echo');
    await field(admin, 'Model').fill('echo-large');
    await inDialog(admin, 'Allow the model').click();
    await row(admin, 'echo-large').waitFor();

    await admin.page.getByRole('link', { name: 'Prices' }).click();
    await button(admin, 'Add a price').click();
    await field(admin, 'Provider').fill('echo');
    await field(admin, 'Model').fill('echo-large');
    await field(admin, 'Prompt, $ a million tokens').fill('a lot');
    await field(admin, 'Answer, $ a million tokens').fill('0.6');
    await inDialog(admin, 'Add the price').click();
    await admin.page.getByRole('alert').getByText('VALIDATION_FAILED').waitFor();
    await field(admin, 'Prompt, $ a million tokens').fill('0.15');
    await inDialog(admin, 'Add the price').click();
    await row(admin, 'echo-large').filter({ hasText: '$0.15' }).waitFor();

    await admin.page.getByRole('link', { name: 'Routes' }).click();
    await button(admin, 'Make a route').first().click();
    await field(admin, 'Name').fill('fast');
    await field(admin, 'Model 1').selectOption('echo/echo-large');
    await inDialog(admin, 'Save the route').click();
    await row(admin, 'fast').filter({ hasText: 'echo/echo-large' }).waitFor();
  });

  it('take a route away once that is confirmed, and keep what was typed until then', async () => {
    const targets = [{ provider: 'echo', model_name: 'echo' }];
    await stage.admin.put('/v1/routes/slow', { strategy: 'order', targets });
    const admin = await arrive((await memberClient(stage, 'admin')).key, '/routes');
    await row(admin, 'slow').click();
    await field(admin, 'Description').fill('For the night');
    await inDialog(admin, 'Delete …').click();
    await inDialog(admin, 'Cancel').click();
    expect(await field(admin, 'Description').inputValue()).toBe('For the night');
    await inDialog(admin, 'Delete …').click();
    await inDialog(admin, 'Delete the route').click();
    await admin.page.getByText('Route slow is gone.').waitFor();
    await row(admin, 'slow').waitFor({ state: 'detached' });
  });

  it('are changed for the project, and keep what the service refuses', async () => {
    const admin = await arrive((await memberClient(stage, 'admin')).key, '/settings');
    await button(admin, 'Erase contents after some days').click();
    await field(admin, 'Days').fill('14');
    await field(admin, 'Variables that are masked, one a line').fill('card_*\nemail');
    await field(admin, 'Address that is told of emergency changes').fill('http://127.0.0.1/hook');
    await button(admin, 'Save the settings').click();
    await admin.page.getByRole('alert').getByText('VALIDATION_FAILED').waitFor();
    expect(await field(admin, 'Days').inputValue()).toBe('14');
    await field(admin, 'Address that is told of emergency changes').fill('');
    await button(admin, 'Save the settings').click();
    await admin.page.getByText('The settings are saved.').waitFor();
    const { body: me } = await stage.admin.get('/v1/me');
    const { project_id: id } = me['project'] as { project_id: string };
    const { body } = await stage.admin.get(`/v1/projects/${id}`);
    expect(body['settings']).toMatchObject({ retention_days: { '*': 14 }, mask: ['card_*', 'email'] });
  });

  it('put a provider key and show it nowhere, and rotate the secret of webhooks', async () => {
    const admin = await arrive((await memberClient(stage, 'admin')).key, '/provider-keys');
    await button(admin, 'Put a key').first().click();
    await field(admin, 'Provider').fill('openai');
    await field(admin, 'Key').fill('sk-own-key-of-the-project');
    await inDialog(admin, 'Put the key').click();
    await row(admin, 'openai').filter({ hasText: 'sha256:' }).waitFor();
    expect(await admin.page.content()).not.toContain('sk-own-key');

    await admin.page.getByRole('link', { name: 'Webhooks' }).click();
    await button(admin, 'Show the secret').click();
    const secret = admin.page.getByLabel('The secret', { exact: true });
    const before = await secret.innerText();
    expect(before).toMatch(/^whsec_/);
    await button(admin, 'Rotate …').click();
    await inDialog(admin, 'Make another secret').click();
    await secret.filter({ hasNotText: before }).waitFor();
  });
});

describe('the audit log', () => {
  it('shows who did what, narrows, and exports', async () => {
    await stage.admin.put('/v1/environments/audited', { protected: false });
    const admin = await arrive((await memberClient(stage, 'admin')).key, '/audit');
    await row(admin, 'environment.put').first().waitFor();
    await admin.page.getByRole('searchbox', { name: /^To/ }).fill('environment/audited');
    await row(admin, 'user.').first().waitFor({ state: 'detached' });
    await row(admin, 'audited').first().click();
    await admin.page.getByRole('dialog').getByText('the instance').waitFor();
    await admin.page.keyboard.press('Escape');
    const download = admin.page.waitForEvent('download');
    await button(admin, 'Export as JSON lines').click();
    expect((await download).suggestedFilename()).toBe('audit.jsonl');
    await admin.open('/audit?action=nothing.happened');
    await admin.page.getByText('No entry fits').waitFor();
  });
});

describe('who may do less', () => {
  it('is offered less: viewers read environments, models and prices', async () => {
    const viewer = await arrive((await memberClient(stage, 'viewer')).key, '/environments');
    await row(viewer, 'prod').waitFor();
    const screens = viewer.page.getByRole('navigation', { name: 'Screens' });
    expect(await screens.getByRole('link', { name: /Audit|Keys/ }).count()).toBe(0);
    const tabs = viewer.page.getByRole('navigation', { name: 'Settings' }).getByRole('link');
    expect(await tabs.allInnerTexts()).toEqual(['Environments', 'Models', 'Prices', 'Routes']);
    expect(await viewer.page.getByRole('main').getByRole('button').count()).toBe(0);
    await viewer.open('/keys');
    await viewer.page.getByText('FORBIDDEN').waitFor();
    await viewer.open('/audit');
    await viewer.page.getByText('FORBIDDEN').waitFor();
  });

  it('sees no keys of members it may not list: a key with one scope more', async () => {
    const narrow = await makeKey(stage, stage.admin, { scopes: ['prompts:read', 'keys:write'] });
    const person = await arrive(narrow.key, '/keys');
    await row(person, 'a key').first().waitFor();
    const tabs = person.page.getByRole('navigation', { name: 'Keys and members' }).getByRole('link');
    expect(await tabs.allInnerTexts()).toEqual(['Keys']);
    await button(person, 'Make a key').click();
    await field(person, 'May do').selectOption('scopes that I choose');
    expect(await person.page.getByRole('dialog').getByRole('checkbox').count()).toBe(2);
  });
});
