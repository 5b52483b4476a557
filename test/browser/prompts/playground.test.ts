import type { Locator } from 'playwright-core';
import { memberClient } from '../../e2e/people.js';
import { ADMIN_KEY, ECHO, promptPath, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { Person } from '../person.js';

let stage: Stage;
let person: Person;

const TOOLS = [
  {
    type: 'function',
    function: { name: 'find_order', parameters: { type: 'object', properties: { id: { type: 'integer' } } } },
  },
];
const FORMAT = { type: 'json_schema', json_schema: { name: 'order', schema: { type: 'object' } } };

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'reply', 'Answer {{question}}');
  await stage.admin.put('/v1/models/echo/echo-stream-100ms', {});
  await stage.admin.post('/v1/prices', { ...ECHO, input_usd_per_mtok: '1', output_usd_per_mtok: '2' });
});
afterAll(() => stage.close());
beforeEach(async () => {
  person = await Person.sitDown({ url: stage.ledger.url });
});
afterEach(() => person.leave());

const variant = (name: string) => person.page.getByRole('group', { name: `Variant ${name}` });
const write = (of: Locator, text: string) => of.getByRole('textbox', { name: 'Template' }).fill(text);
const answer = (name: string) => variant(name).getByLabel('Text of the answer');

/** Returns a version as the text that the API answers, with the spelling of its numbers. */
async function readVersion(name: string, number: number): Promise<string> {
  const answered = await fetch(`${stage.ledger.url}${promptPath(name)}/versions/${number}`, {
    headers: { 'X-API-Key': ADMIN_KEY },
  });
  return answered.text();
}

describe('the playground', () => {
  it('runs two variants on the same variables with one key, and compares the answers by word', async () => {
    await person.openAs(ADMIN_KEY, '/playground');
    await write(variant('A'), 'Say {{what}} to me');
    await variant('A').getByLabel('Model').fill('echo/echo');
    await person.page.getByLabel('Variables of all').fill('{"what": 1.10}');
    await person.page.getByRole('button', { name: 'Add a variant' }).click();
    await write(variant('B'), 'Say {{what}} to her');
    await variant('B').getByRole('textbox', { name: 'Template' }).press('Shift+Enter');
    await answer('A').getByText('Say 1.10 to me', { exact: true }).waitFor();
    await answer('B').getByText('Say 1.10 to her', { exact: true }).waitFor();
    for (const name of ['A', 'B']) {
      await variant(name).getByText('succeeded').waitFor();
      expect(await variant(name).innerText()).toMatch(/Cost\s+\$0\.0000\d+\s[\s\S]*Latency\s+\d+ ms/);
    }
    const diff = person.page.getByLabel('What changes', { exact: true });
    expect([await diff.locator('del').innerText(), await diff.locator('ins').innerText()]).toEqual([
      'me',
      'her',
    ]);
    const { body } = await stage.admin.get('/v1/executions?environment=playground');
    expect((body['executions'] as unknown[]).length).toBeGreaterThanOrEqual(2);
  });

  it('goes to a version and back, and loses nothing on the way', async () => {
    await person.openAs(ADMIN_KEY, '/playground');
    await variant('A').getByLabel('Kind').selectOption('chat');
    await variant('A')
      .getByRole('textbox', { name: 'Message 1' })
      .fill('Find {{order}}\n  and “quote” it \\n');
    await variant('A').getByRole('button', { name: 'Add a message' }).click();
    await variant('A').getByLabel('Role of message 2').selectOption('assistant');
    await variant('A').getByRole('textbox', { name: 'Message 2' }).fill('{"a": [1, 2]}');
    await variant('A').getByLabel('Model').fill('echo/echo');
    await variant('A').getByText('Params', { exact: true }).click();
    await variant('A').getByLabel('Temperature').fill('0.20');
    await variant('A').getByLabel('Max tokens').fill('800');
    await variant('A').getByLabel('Seed').fill('7');
    await variant('A').getByLabel('Stop').fill('END\na\\nb');
    await variant('A').getByText('Tools and format', { exact: true }).click();
    await variant('A')
      .getByLabel('Tools, as JSON')
      .fill(JSON.stringify(TOOLS).replace('"integer"', '"integer","maximum":1.0'));
    await variant('A').getByLabel('Tool choice, as JSON').fill('"required"');
    await variant('A').getByLabel('Response format, as JSON').fill(JSON.stringify(FORMAT));
    await variant('A').getByRole('button', { name: 'Save variant A as a version' }).click();
    const dialog = person.page.getByRole('dialog');
    await dialog.getByLabel('Prompt').fill('round/trip');
    await dialog.getByLabel('What changes, and why').fill('the first');
    await dialog.getByRole('button', { name: 'Save version' }).click();
    await variant('A').getByRole('link', { name: 'round/trip v1' }).waitFor();
    const first = await readVersion('round/trip', 1);
    expect(first).toContain(
      '"settings":{"model":"echo/echo","params":{"max_new_tokens":800,"temperature":0.20,',
    );
    expect(first).toContain('"maximum":1.0');
    expect(first).toContain('"stop":["END","a\\nb"]');
    expect(first).toContain('"commit_message":"the first"');
    expect(first).toContain('"status":"draft"');

    await person.page.getByRole('button', { name: 'Start anew' }).click();
    await person.open('/prompts/round%2Ftrip?tab=versions');
    await person.page.getByRole('link', { name: 'Open in playground' }).click();
    await variant('A').getByRole('link', { name: 'round/trip v1' }).waitFor();
    await variant('A').getByText('Temperature 0.20').waitFor();
    await variant('A').getByRole('button', { name: 'Save variant A as a version' }).click();
    await dialog.getByRole('button', { name: 'Save version' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await readVersion('round/trip', 1)).toBe(first);
    expect((await stage.admin.get(`${promptPath('round/trip')}/versions/2`)).status).toBe(404);
  });

  it('opens an execution with everything that it ran with, and what is opened next stands beside it', async () => {
    const ran = await fetch(`${stage.ledger.url}/v1/executions:run`, {
      method: 'POST',
      headers: { 'X-API-Key': ADMIN_KEY },
      body: '{"prompt_name":"reply","variables":{"question":12345678901234567890.10},"model":"echo/echo","params":{"temperature":0.5}}',
    });
    const { execution_id: id } = (await ran.json()) as { execution_id: string };
    await person.openAs(ADMIN_KEY, `/executions/${id}`);
    await person.page.getByRole('link', { name: 'Open in playground' }).click();
    await variant('A').getByRole('link', { name: 'reply v1' }).waitFor();
    expect(await variant('A').getByLabel('Model').inputValue()).toBe('echo/echo');
    expect(await variant('A').innerText()).toContain('Temperature 0.5');
    expect(await person.page.getByLabel('Variables of all').inputValue()).toContain(
      '12345678901234567890.10',
    );
    await person.page.getByRole('button', { name: /^Run/ }).first().click();
    await answer('A').getByText('Answer 12345678901234567890.10').waitFor();
    // Unchanged, it ran as the stored version.
    const { body } = await stage.admin.get('/v1/executions?environment=playground&prompt_name=reply');
    expect(body['executions']).toMatchObject([{ version_number: 1 }]);

    await write(variant('A'), 'Answer {{question}} twice');
    await variant('A').getByText('changed').waitFor();
    await person.page.getByRole('button', { name: 'Run variant A' }).click();
    await answer('A').getByText('Answer 12345678901234567890.10 twice').waitFor();
    await variant('A')
      .getByRole('link', { name: /^[\da-f]{8}-/ })
      .click();
    await person.page.getByRole('link', { name: 'Open in playground' }).click();
    await variant('B').getByText('Answer {{question}} twice').waitFor();
    await variant('A').getByText('Answer {{question}} twice').waitFor();
  });

  it('makes an item of a dataset of an answer', async () => {
    await person.openAs(ADMIN_KEY, '/playground?prompt=reply&version=1');
    await variant('A').getByRole('link', { name: 'reply v1' }).waitFor();
    await variant('A').getByLabel('Model').fill('echo/echo');
    await person.page.getByLabel('Variables of all').fill('{"question": 1.50}');
    await person.page.getByRole('button', { name: 'Run variant A' }).click();
    await variant('A').getByRole('button', { name: 'Add to dataset: the answer of A' }).click();
    await person.page.getByRole('dialog').getByLabel('Dataset').fill('tried');
    await person.page.getByRole('button', { name: 'Add the item' }).click();
    await person.page.getByText('tried has 1 item now.').waitFor();
    const items = await fetch(`${stage.ledger.url}/v1/datasets/tried/items`, {
      headers: { 'X-API-Key': ADMIN_KEY },
    });
    const text = await items.text();
    expect(text).toContain('"question":1.50');
    expect(text).toContain('"expected":"Answer 1.50"');
  });

  it('stops a run that goes, and keeps what had come', async () => {
    await person.openAs(ADMIN_KEY, '/playground');
    await write(variant('A'), Array.from({ length: 600 }, (_, at) => `word${at}`).join(' '));
    await variant('A').getByLabel('Model').fill('echo/echo-stream-100ms');
    await person.page.getByRole('button', { name: 'Run variant A' }).click();
    await answer('A').getByText('word0').waitFor();
    await variant('A').getByRole('button', { name: 'Stop variant A' }).click();
    await variant('A').getByText('You stopped it').waitFor();
    expect(await answer('A').innerText()).toContain('word0');
  });

  it('says what went wrong in words, and loses nothing that was typed', async () => {
    await person.openAs(ADMIN_KEY, '/playground');
    await write(variant('A'), 'Say {{what}}');
    await person.page.getByLabel('Variables of all').fill('{"what": "it"}');
    const run = () => person.page.getByRole('button', { name: 'Run variant A' }).click();
    const told = (text: string) => variant('A').getByRole('alert').filter({ hasText: text }).waitFor();
    const answerWith = (status: number, code: string, detail: string, headers = {}) =>
      person.page.route('**/v1/executions:stream', (route) =>
        route.fulfill({
          status,
          contentType: 'application/problem+json',
          headers,
          body: JSON.stringify({ type: 'about:blank', title: code, status, detail, instance: '/', code }),
        }),
      );
    for (const [status, code] of [
      [402, 'BUDGET_EXCEEDED'],
      [403, 'FORBIDDEN'],
      [409, 'ENVIRONMENT_PROTECTED'],
      [500, 'INTERNAL_ERROR'],
    ] as const) {
      await answerWith(status, code, `This is ${status}.`);
      await run();
      await told(code);
      await told(`This is ${status}.`);
      await person.page.unroute('**/v1/executions:stream');
    }
    await answerWith(429, 'RATE_LIMITED', 'Too many.', { 'Retry-After': '1' });
    await run();
    await told('RATE_LIMITED');
    await variant('A').getByText('Wait 1 s, then try again.').waitFor();
    await person.page.unroute('**/v1/executions:stream');
    await person.page.route('**/v1/executions:stream', (route) => route.abort('connectionrefused'));
    await run();
    await told('The service does not answer.');
    await person.page.unroute('**/v1/executions:stream');
    // The stream ends in the middle.
    await person.page.route('**/v1/executions:stream', (route) =>
      route.fulfill({
        status: 200,
        contentType: 'text/event-stream',
        body: 'event: execution\ndata: {"execution_id":"01990f3e-7c1a-7d52-9a3e-5b1f0c2d4e6f"}\n\nevent: delta\ndata: {"text":"half an "}\n\n',
      }),
    );
    await run();
    await variant('A').getByText('The connection was cut while the answer came.').waitFor();
    expect(await answer('A').innerText()).toBe('half an ');
    await person.page.unroute('**/v1/executions:stream');
    await person.page.getByLabel('Variables of all').fill('{"what": ');
    await run();
    await told('The variables are not a JSON object.');
    await person.page.reload();
    await variant('A').getByText('Say {{what}}').waitFor();
    expect(await person.page.getByLabel('Variables of all').inputValue()).toBe('{"what": ');
  });

  it('is held to budgets', async () => {
    const budget = { name: 'none', scope: 'project', period: 'total', limit_usd: '0' };
    const { body } = await stage.admin.post('/v1/budgets', budget);
    await person.openAs(ADMIN_KEY, '/playground');
    await write(variant('A'), 'x');
    await variant('A').getByLabel('Model').fill('openai/gpt-4o-mini');
    await person.page.getByRole('button', { name: 'Run variant A' }).click();
    await variant('A').getByRole('alert').filter({ hasText: 'BUDGET_EXCEEDED' }).waitFor();
    await stage.admin.delete(`/v1/budgets/${String(body['budget_id'])}`);
  });

  it('is offered to a runner without what they may not do, and not at all to a viewer', async () => {
    const runner = await memberClient(stage, 'runner');
    await person.openAs(runner.key, '/playground');
    await write(variant('A'), 'Hello');
    await variant('A').getByLabel('Model').fill('echo/echo');
    await person.page.getByRole('button', { name: 'Run variant A' }).click();
    await answer('A').getByText('Hello', { exact: true }).waitFor();
    for (const name of [/^Save variant/, /^Add to dataset/]) {
      expect(await person.page.getByRole('button', { name }).count()).toBe(0);
    }
    const viewer = await memberClient(stage, 'viewer');
    const other = await Person.sitDown({ url: stage.ledger.url });
    try {
      await other.openAs(viewer.key, '/playground');
      await other.page.getByRole('heading', { name: 'Your role may not run prompts' }).waitFor();
      expect(await other.page.getByRole('link', { name: 'Playground' }).count()).toBe(0);
      const refused = await viewer.post('/v1/executions:run', {
        content: { template_source: 'x' },
        model: ECHO,
      });
      expect(refused.status).toBe(403);
    } finally {
      await other.leave();
    }
  });
});
