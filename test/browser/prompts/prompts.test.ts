import { ADMIN_KEY, ECHO, promptPath, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { memberClient } from '../../e2e/people.js';
import { Person } from '../person.js';

let stage: Stage;
let person: Person;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'support/refund', 'Refund {{order}}', {
    tags: ['mail'],
    description: 'Says sorry',
  });
  await putPrompt(stage.admin, 'support/triage', 'Sort {{mail}}', { owner_team: 'Care' });
  await putPrompt(stage.admin, 'welcome', [
    { role: 'system', content: 'Be kind to {{name}}.' },
    { role: 'user', content: 'Hello' },
  ]);
  await stage.admin.post('/v1/prompts/register-code', {
    prompts: [
      { name: 'in_code', template_source: 'Code says {{what}}', source: { file: 'src/a.ts', line: 7 } },
    ],
    git: {
      commit: '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
      branch: 'main',
      repository: 'acme/app',
      dirty: false,
    },
  });
});
afterAll(() => stage.close());
beforeEach(async () => {
  person = await Person.sitDown({ url: stage.ledger.url });
});
afterEach(() => person.leave());

const row = (name: string) =>
  person.page.getByRole('row').filter({ has: person.page.getByRole('link', { name, exact: true }) });

describe('the list of prompts', () => {
  beforeEach(() => person.openAs(ADMIN_KEY, '/prompts'));

  it('shows what runs where, and narrows by folder, tag, owner, mode and words', async () => {
    await row('support/refund').waitFor();
    expect(await row('support/refund').innerText()).toContain('active v1');
    await person.page
      .getByRole('navigation', { name: 'Folders' })
      .getByRole('link', { name: /support\// })
      .click();
    await row('welcome').waitFor({ state: 'detached' });
    await person.page.getByRole('link', { name: 'mail' }).click();
    await row('support/triage').waitFor({ state: 'detached' });
    await person.open('/prompts');
    await person.page.getByRole('link', { name: 'Care', exact: true }).click();
    await row('support/refund').waitFor({ state: 'detached' });
    await row('support/triage').waitFor();
    await person.page.getByRole('link', { name: /owner Care/ }).click();
    await row('support/refund').waitFor();
    await person.page.getByLabel('Mode').selectOption('tracking');
    await row('support/refund').waitFor({ state: 'detached' });
    await row('in_code').waitFor();
    await person.open('/prompts');
    await row('welcome').waitFor();
    await person.page.getByRole('searchbox').fill('sorry');
    await person.page.waitForURL(/search=sorry/);
    await row('welcome').waitFor({ state: 'detached' });
  });

  it('has the last changed first, or all by name', async () => {
    const names = () => person.page.getByRole('table', { name: 'Prompts' }).getByRole('link').allInnerTexts();
    const listed = async () =>
      (await names()).filter((name) => /^(?:in_code|welcome|support\/.*)$/.test(name));
    await row('welcome').waitFor();
    expect(await listed()).toEqual(['in_code', 'welcome', 'support/triage', 'support/refund']);
    await person.page.getByLabel('Order').selectOption('By name');
    await person.page.waitForURL(/sort=name/);
    await person.page.locator('[data-row="1"]').filter({ hasText: 'support/refund' }).waitFor();
    expect(await listed()).toEqual(['in_code', 'support/refund', 'support/triage', 'welcome']);
    await person.page.reload();
    await person.page.locator('[data-row="1"]').filter({ hasText: 'support/refund' }).waitFor();
  });

  it('draws what ran in seven days, and says it in words, by one request', async () => {
    for (const order of ['1', '2'])
      await stage.admin.post('/v1/executions:run', {
        prompt_name: 'support/refund',
        model: ECHO,
        variables: { order },
      });
    // The page that is open has asked for its own.
    await row('welcome').getByText('not run').waitFor();
    const asked: string[] = [];
    person.page.on('request', (request) => {
      if (request.url().includes('/v1/analytics/')) asked.push(request.url());
    });
    await person.page.reload();
    await row('support/refund')
      .getByRole('img', { name: /^2 executions in 7 days .*; day by day 0, 0, 0, 0, / })
      .waitFor();
    await row('welcome').getByText('not run').waitFor();
    expect(asked).toHaveLength(1);
  });

  it('is walked with the keyboard alone', async () => {
    await person.open('/prompts?sort=name');
    await row('in_code').waitFor();
    await person.page.getByRole('region', { name: 'Prompts' }).focus();
    await person.page.keyboard.press('ArrowDown');
    await person.page.keyboard.press('ArrowDown');
    await person.page.locator('[data-row="1"]:focus').waitFor();
    await person.page.keyboard.press('Enter');
    await person.page.getByRole('heading', { level: 1, name: 'support/refund' }).waitFor();
  });

  it('is reached from anywhere by the command palette', async () => {
    await person.page.keyboard.press('Control+k');
    await person.page.getByRole('combobox').fill('triage');
    await person.page.getByRole('option', { name: /support\/triage/ }).waitFor();
    await person.page.keyboard.press('Enter');
    await person.page.getByRole('heading', { level: 1, name: 'support/triage' }).waitFor();
  });
});

describe('a prompt', () => {
  it('is written, previewed and saved, and the next version as well', async () => {
    await person.openAs(ADMIN_KEY, '/prompts/-/new');
    await person.page.getByLabel('Name').fill('mail/reply');
    const template = person.page.getByRole('textbox', { name: 'Template' });
    await template.fill('Answer {{question}}');
    await person.page.getByLabel('Variables, as JSON').fill('{"question": 1.10}');
    await person.page.getByText('Answer 1.10', { exact: true }).waitFor();
    await person.page.getByLabel('What changes, and why').fill('the first');
    await person.page.getByRole('button', { name: /Save version/ }).click();
    await person.page.getByRole('button', { name: /v1/, pressed: true }).waitFor();
    await person.page.getByRole('button', { name: 'Activate' }).click();
    await person.page.getByText('active v1').waitFor();

    await person.page.getByRole('link', { name: 'Editor' }).click();
    await template.fill('Answer {{question}} in one sentence');
    const diff = person.page.getByLabel('What changes', { exact: true });
    expect(await diff.locator('ins').innerText()).toContain('in one sentence');
    await template.press('Control+s');
    await person.page.getByRole('button', { name: /v2/, pressed: true }).waitFor();
    const { body } = await stage.admin.get(`${promptPath('mail/reply')}/versions/2`);
    expect(body).toMatchObject({ template_source: 'Answer {{question}} in one sentence', status: 'draft' });
    await person.page.getByRole('link', { name: 'Editor' }).click();
    await person.page.getByText('draft after v2').waitFor();
    await person.page.getByText('Nothing has changed').waitFor();
  });

  it('leaves variables to the one who types them, even if the names in the template are found meanwhile', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await person.page.route(/assets\/worker-.*\.js$/, async (route) => {
      await released;
      await route.continue();
    });
    await person.openAs(ADMIN_KEY, '/prompts/-/new');
    await person.page.getByRole('textbox', { name: 'Template' }).fill('Answer {{question}}');
    const variables = person.page.getByLabel('Variables, as JSON');
    await variables.selectText();
    release();
    await person.page.getByRole('definition').getByText('question', { exact: true }).waitFor();
    await person.page.keyboard.insertText('{"question": 1.10}');
    await person.page.getByText('Answer 1.10', { exact: true }).waitFor();
    expect(await variables.inputValue()).toBe('{"question": 1.10}');
  });

  it('says where a template does not parse, and does not save it', async () => {
    await person.openAs(ADMIN_KEY, '/prompts/support%2Ftriage');
    await person.page.getByRole('textbox', { name: 'Template' }).fill('Sort {% if mail %}');
    const alert = person.page.getByRole('alert').filter({ hasText: 'TEMPLATE_INVALID' });
    await alert.waitFor();
    expect(await person.page.getByRole('button', { name: /Save version/ }).isDisabled()).toBe(true);
  });

  it('may be called new, and no other may take its name', async () => {
    await stage.admin.put(promptPath('new'), { template_source: 'This is new.' });
    await person.openAs(ADMIN_KEY, '/prompts/new');
    await person.page.getByRole('heading', { level: 1, name: 'new', exact: true }).waitFor();
    await person.open('/prompts/-/new');
    await person.page.getByLabel('Name').fill('new');
    await person.page.getByRole('textbox', { name: 'Template' }).fill('This is newer.');
    await person.page.getByRole('button', { name: /Save version/ }).click();
    await person.page.getByRole('alert').filter({ hasText: 'NAME_TAKEN' }).waitFor();
  });

  it('keeps its messages and their order', async () => {
    await person.openAs(ADMIN_KEY, '/prompts/welcome');
    await person.page.getByRole('button', { name: 'Add a message' }).click();
    await person.page.getByRole('textbox', { name: 'Message 3' }).fill('And you?');
    await person.page.getByRole('button', { name: /Save version/ }).click();
    await person.page.getByRole('button', { name: /v2/, pressed: true }).waitFor();
    const { body } = await stage.admin.get(`${promptPath('welcome')}/versions/2`);
    expect(body['messages']).toEqual([
      { role: 'system', content: 'Be kind to {{name}}.' },
      { role: 'user', content: 'Hello' },
      { role: 'user', content: 'And you?' },
    ]);
  });

  it('keeps its tools, schema and settings, which are edited beside the text', async () => {
    const tool = { type: 'function', function: { name: 'find_order', parameters: { type: 'object' } } };
    const schema = { type: 'object', required: ['order'] };
    const settings = { model: 'echo/echo', params: { temperature: 0.2 }, note: 'tried' };
    await stage.admin.put(promptPath('with/tools'), {
      template_source: 'Find {{order}}',
      tools: [tool],
      variables_schema: schema,
      settings,
    });
    await person.openAs(ADMIN_KEY, '/prompts/with%2Ftools');
    const template = person.page.getByRole('textbox', { name: 'Template' });
    const save = person.page.getByRole('button', { name: /Save version/ });
    const same = { template_source: 'Find the order {{order}}', tools: [tool], variables_schema: schema };
    const { body: put } = await stage.admin.put(promptPath('with/same'), same);
    const { checksum_hash: checksum } = put['version'] as { checksum_hash: string };
    await template.fill('Find the order {{order}}');
    await person.page.getByTitle(checksum).waitFor();
    await save.click();
    await person.page.getByRole('button', { name: /v2/, pressed: true }).waitFor();
    const version = async (number: number) =>
      (await stage.admin.get(`${promptPath('with/tools')}/versions/${number}`)).body;
    expect(await version(2)).toMatchObject({ tools: [tool], variables_schema: schema, settings });

    await person.page.getByRole('link', { name: 'Editor' }).click();
    await person.page.getByText('Show and edit them').click();
    const format = person.page.getByLabel('Response format, as JSON');
    await format.fill('{"type": "json_object"');
    await person.page.getByText('No JSON: Response format.').waitFor();
    expect(await save.isDisabled()).toBe(true);
    await person.page.reload();
    await person.page.getByText('Show and edit them').click();
    expect(await format.inputValue()).toBe('{"type": "json_object"');
    await format.fill('{"type": "json_object"}');
    await person.page.getByLabel('Schema of the variables, as JSON').fill('');
    await person.page.getByLabel('Settings, as JSON').fill('{"params": {"temperature": 0.30}}');
    const diff = person.page.getByLabel('What changes', { exact: true });
    await diff.locator('ins').filter({ hasText: 'json_object' }).waitFor();
    await save.click();
    await person.page.getByRole('button', { name: /v3/, pressed: true }).waitFor();
    const saved = await version(3);
    expect(saved).toMatchObject({
      tools: [tool],
      response_format: { type: 'json_object' },
      settings: { params: { temperature: 0.3 } },
    });
    expect(saved).not.toHaveProperty('variables_schema');
  });

  it('is moved to an environment at once where that is not protected', async () => {
    await person.openAs(ADMIN_KEY, '/prompts/support%2Frefund');
    await person.page.getByRole('button', { name: 'Promote v1' }).click();
    await person.page.getByLabel('Environment').selectOption('staging');
    await person.page.getByRole('button', { name: 'Move staging to v1' }).click();
    await person.page.getByText('staging v1', { exact: true }).waitFor();
    await person.page.getByRole('link', { name: 'History' }).click();
    await person.page.getByRole('cell', { name: 'staging' }).waitFor();
  });

  it('of code is read-only, and says where it stands', async () => {
    await person.openAs(ADMIN_KEY, '/prompts/in_code');
    await person.page.getByText('src/a.ts').waitFor();
    await person.page.getByText('acme/app').waitFor();
    expect(await person.page.getByRole('textbox', { name: 'Template' }).count()).toBe(0);
    expect(await person.page.getByRole('button', { name: /Save version/ }).count()).toBe(0);
  });

  it('is only read by a viewer, who is offered nothing else', async () => {
    const viewer = await memberClient(stage, 'viewer');
    await person.openAs(viewer.key, '/prompts/support%2Ftriage');
    await person.page.getByText('Sort {{mail}}').waitFor();
    for (const name of [/Save version/, /Promote/, 'Activate']) {
      expect(await person.page.getByRole('button', { name }).count()).toBe(0);
    }
    await person.page.getByRole('link', { name: 'Versions 1' }).click();
    await person.page.getByRole('button', { name: /v1/, pressed: true }).waitFor();
    expect(await person.page.getByRole('button', { name: 'Activate' }).count()).toBe(0);
    await person.open('/prompts');
    await row('welcome').waitFor();
    expect(await person.page.getByRole('link', { name: 'New prompt' }).count()).toBe(0);
  });
});

describe('an empty ledger', () => {
  it('says the first step, and the step works', async () => {
    const empty = await startStage();
    const newcomer = await Person.sitDown({ url: empty.ledger.url });
    try {
      await newcomer.openAs(ADMIN_KEY, '/prompts');
      await newcomer.page.getByRole('heading', { name: 'No prompts yet' }).waitFor();
      await newcomer.page.getByRole('button', { name: 'Copy the command' }).click();
      const command = await newcomer.page.evaluate(() => navigator.clipboard.readText());
      expect(command).toContain(`curl -X PUT ${empty.ledger.url}/v1/prompts/hello`);
      await newcomer.page.getByRole('link', { name: 'Write the first prompt' }).click();
      await newcomer.page.getByRole('heading', { name: 'New prompt' }).waitFor();
    } finally {
      await newcomer.leave();
      await empty.close();
    }
  });
});
