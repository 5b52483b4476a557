import { ADMIN_KEY, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { makeProject, memberClient } from '../../e2e/people.js';
import { Person } from '../person.js';

let stage: Stage;
let person: Person;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'support/greeting', 'Hello {{name}}');
});
afterAll(() => stage.close());
beforeEach(async () => {
  person = await Person.sitDown({ url: stage.ledger.url });
});
afterEach(() => person.leave());

describe('signing in', () => {
  it('leads browsers from the root to the dashboard', async () => {
    await person.page.goto(stage.ledger.url);
    await person.page.getByLabel('API key').waitFor();
    expect(new URL(person.page.url()).pathname).toMatch(/^\/app/);
  });

  it('says in words what is wrong with a key, and keeps what was typed', async () => {
    await person.open('/prompts');
    await person.signIn('no-such-key');
    const alert = person.page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toContain('UNAUTHORIZED');
    expect(await person.page.getByLabel('API key').inputValue()).toBe('no-such-key');
  });

  it('brings somebody to the address that they came for, and out again', async () => {
    await person.openAs(ADMIN_KEY, '/prompts?folder=support%2F');
    await person.page.getByRole('link', { name: 'support/greeting' }).waitFor();
    await person.page.getByRole('button', { name: 'Sign out' }).click();
    await person.page.getByLabel('API key').waitFor();
    const cookies = await person.context.cookies();
    expect(cookies.filter(({ name, value }) => name.includes('pl_session') && value !== '')).toEqual([]);
  });

  it('asks again when the session has ended, and loses nothing that was typed', async () => {
    const editor = await memberClient(stage, 'editor');
    await person.openAs(editor.key, '/prompts/support%2Fgreeting');
    const template = person.page.getByRole('textbox', { name: 'Template' });
    await template.fill('Good day {{name}}');
    await person.page.getByLabel('What changes, and why').fill('kinder');
    await person.context.clearCookies();
    await person.page.getByRole('button', { name: /Save version/ }).click();
    const dialog = person.page.getByRole('dialog', { name: /Your session has ended/ });
    await dialog.waitFor();
    await person.signIn(editor.key);
    await dialog.waitFor({ state: 'hidden' });
    expect(await template.innerText()).toBe('Good day {{name}}');
    expect(await person.page.getByLabel('What changes, and why').inputValue()).toBe('kinder');
    await person.page.getByRole('button', { name: /Save version/ }).click();
    await person.page.getByRole('button', { name: /v2/, pressed: true }).waitFor();
  });

  it('shows the project that is chosen, and goes on in it after a reload', async () => {
    const project = await makeProject(stage);
    await putPrompt(project.admin, 'elsewhere', 'Hi');
    await person.openAs(ADMIN_KEY, '/prompts');
    await person.page.getByRole('button', { name: 'Project: default' }).click();
    await person.page.getByRole('menuitem', { name: project.name }).click();
    await person.page.getByRole('link', { name: 'elsewhere' }).waitFor();
    await person.page.reload();
    await person.page.getByRole('link', { name: 'elsewhere' }).waitFor();
    expect(await person.page.getByRole('link', { name: 'support/greeting' }).count()).toBe(0);
  });
});
