import { setTimeout as sleep } from 'node:timers/promises';
import {
  BadRequestError,
  ConflictError,
  ConnectionError,
  type DroppedExecution,
  type Execution,
  NotFoundError,
  PromptLedger,
  TemplateVariablesMissing,
  UnprocessableError,
} from '../../../sdk/src/index.js';
import { eventually } from '../../support/eventually.js';
import { ADMIN_KEY, OPENAI, putPrompt, type Stage, startStage } from '../stage.js';

const ECHO = 'echo/echo';
/** A port that nothing listens on. */
const AWAY = 'http://127.0.0.1:9';
const Prompts = {
  SDK_WELCOME: 'Hello {{name}}, welcome to {{app}}!',
  SDK_ORDER: 'Order {{order_id}} is confirmed!',
} as const;

let stage: Stage;
let url: string;

beforeAll(async () => {
  stage = await startStage({ DEFAULT_MODEL: ECHO });
  url = stage.ledger.url;
});
afterAll(() => stage.close());

function full(): PromptLedger {
  return new PromptLedger({ baseUrl: url, apiKey: ADMIN_KEY });
}

function tracked(options: { onWarning?: (message: string) => void; url?: string } = {}) {
  return new PromptLedger({
    mode: 'tracking_only',
    codeRegistry: Prompts,
    baseUrl: options.url ?? url,
    apiKey: ADMIN_KEY,
    ...(options.onWarning === undefined ? {} : { onWarning: options.onWarning }),
  });
}

function chatAnswer(text: string) {
  return {
    id: 'chatcmpl-7',
    model: 'gpt-4o-mini',
    choices: [{ message: { content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 5, completion_tokens: 2 },
  };
}

describe('the client, in full mode', () => {
  it('makes, runs, changes, queues and cancels', async () => {
    const ledger = full();
    await ledger.createPrompt({ name: 'sdk/full', template: 'Say {{word}}', description: 'd', tags: ['t'] });
    expect(await ledger.execute('sdk/full', { word: 'one' })).toMatchObject({
      version_number: 1,
      response_text: 'Say one',
    });
    await ledger.updatePrompt('sdk/full', 'Shout {{word}}');
    const queued = await ledger.submit('sdk/full', { word: 'two' });
    expect(await ledger.wait(queued)).toMatchObject({ status: 'succeeded', response_text: 'Shout two' });
    await expect(ledger.cancel(queued.execution_id)).rejects.toThrow(ConflictError);
  });

  it('submits a batch, and gives its results as they come', async () => {
    const ledger = full();
    await ledger.createPrompt({ name: 'sdk/batch', template: 'Item {{n}}' });
    const batch = await ledger.submitBatch(
      'sdk/batch',
      [1, 2, 3].map((n) => ({ variables: { n } })),
    );
    const texts = new Map<number, Execution['response_text']>();
    for await (const { index, execution } of batch) texts.set(index, execution.response_text);
    expect(texts).toEqual(
      new Map([
        [0, 'Item 1'],
        [1, 'Item 2'],
        [2, 'Item 3'],
      ]),
    );
  });

  it('pages through everything', async () => {
    const names = ['sdk/page/a', 'sdk/page/b', 'sdk/page/c'];
    for (const name of names) await putPrompt(stage.admin, name, 'x');
    const seen: string[] = [];
    for await (const { name } of full().prompts.list({ q: 'sdk/page/', limit: 1 })) seen.push(name);
    expect(seen).toEqual(names);
  });

  it('has an error for each kind of refusal, and the raw answer for who asks', async () => {
    const ledger = full();
    await putPrompt(stage.admin, 'sdk/errors', '{{a}}{{b}}');
    await expect(ledger.execute('sdk/unknown')).rejects.toMatchObject({
      constructor: NotFoundError,
      code: 'PROMPT_NOT_FOUND',
      status: 404,
    });
    await expect(ledger.execute('sdk/errors', { a: 1 })).rejects.toThrow(UnprocessableError);
    const odd = { params: { top_k: 4 }, model: 'openai/gpt-4o-mini' } as const;
    await expect(ledger.execute('sdk/errors', { a: 1, b: 2 }, odd)).rejects.toThrow(BadRequestError);
    await expect(
      new PromptLedger({ baseUrl: AWAY, apiKey: 'k', maxRetries: 0 }).execute('x'),
    ).rejects.toThrow(ConnectionError);
    expect(() => new PromptLedger({ mode: 'tracking_only', apiKey: 'k' })).toThrow(/codeRegistry/);
  });
});

describe('a prompt that is read', () => {
  it('is compiled here to the bytes that the ledger sends', async () => {
    await putPrompt(stage.admin, 'sdk/read', 'For {{ who | upcase }}: {% for x in list %}{{x}};{% endfor %}');
    const variables = { who: 'ada', list: [1, 'zwei', '😀'] };
    const prompt = await full().getPrompt('sdk/read');
    const { body } = await stage.admin.post<{ rendered_prompt: string }>('/v1/prompts/sdk%2Fread:render', {
      variables,
    });
    expect(prompt.compile(variables)).toBe(body.rendered_prompt);
    expect(() => prompt.compile({ who: 'ada' })).toThrow(TemplateVariablesMissing);
  });

  it('is renewed behind the back of its reader, and gone when it is deleted', async () => {
    const ledger = full();
    await putPrompt(stage.admin, 'sdk/stale', 'one');
    const read = async () => (await ledger.getPrompt('sdk/stale', { cacheTtlSeconds: 0.05 })).compile();
    expect(await read()).toBe('one');
    await putPrompt(stage.admin, 'sdk/stale', 'two');
    await sleep(60);
    expect(await read()).toBe('one');
    await eventually(async () => (await read()) === 'two');

    await stage.admin.delete('/v1/prompts/sdk%2Fstale');
    await eventually(() =>
      read().then(
        () => false,
        (error: unknown) => error instanceof NotFoundError,
      ),
    );
  });

  it('is the fallback only when there is neither cache nor ledger', async () => {
    const away = new PromptLedger({ baseUrl: AWAY, apiKey: 'k', maxRetries: 0 });
    const fallback = 'Hi {{name}}';
    const prompt = await away.getPrompt('sdk/away', { fallback });
    expect([prompt.isFallback, prompt.compile({ name: 'Ada' })]).toEqual([true, 'Hi Ada']);
    await expect(full().getPrompt('sdk/never', { fallback })).rejects.toThrow(NotFoundError);
  });
});

describe('the client, for prompts in code', () => {
  it('registers, executes by the text of this deployment, and goes on when a prompt has moved', async () => {
    const ledger = tracked();
    expect((await ledger.registerCodePrompts()).registered).toMatchObject([{ version: 1 }, { version: 1 }]);
    // Another deployment registers a newer text.
    const other = new PromptLedger({
      mode: 'tracking_only',
      codeRegistry: { SDK_WELCOME: 'Hi {{name}} of {{app}}' } as const,
      baseUrl: url,
      apiKey: ADMIN_KEY,
    });
    await other.registerCodePrompts();
    const variables = { name: 'John', app: 'MyApp' };
    expect(await ledger.execute('SDK_WELCOME', variables)).toMatchObject({
      version_used: 1,
      response_text: 'Hello John, welcome to MyApp!',
    });
    expect(await other.execute('SDK_WELCOME', variables)).toMatchObject({ version_used: 2 });

    await ledger.migrateToFullMode([['SDK_WELCOME', Prompts.SDK_WELCOME]]);
    const warnings: string[] = [];
    const old = tracked({ onWarning: (message) => warnings.push(message) });
    const { registered, skipped } = await old.registerCodePrompts();
    expect([registered.map(({ name }) => name), skipped]).toEqual([['SDK_ORDER'], ['SDK_WELCOME']]);
    expect(warnings).toEqual([expect.stringContaining('SDK_WELCOME')]);
    expect(await old.execute('SDK_WELCOME', variables)).toMatchObject({ version_used: 1 });
    expect(await old.getPromptHistory('SDK_WELCOME', { mode: 'tracking' })).toMatchObject({
      mode: 'full',
      current_version: 1,
    });
  });

  it('records calls of its caller, what they answered and how they failed', async () => {
    const ledger = tracked();
    await ledger.registerCodePrompts(['SDK_ORDER']);
    const answer = await ledger.track('SDK_ORDER', { order_id: 7 }, async (prompt) => chatAnswer(prompt), {
      model: 'openai/gpt-4o-mini',
      correlationId: 'sdk-track',
      metadata: { order: '7' },
    });
    expect(answer.choices[0]?.message.content).toBe('Order 7 is confirmed!');
    const broken = new Error('the line is cut');
    const failing = ledger.track('SDK_ORDER', { order_id: 8 }, () => Promise.reject(broken), {
      model: 'openai/gpt-4o-mini',
      correlationId: 'sdk-track',
    });
    await expect(failing).rejects.toBe(broken);
    await ledger.close();

    const found: Execution[] = [];
    for await (const { execution_id: id } of ledger.executions.list({ correlation_id: 'sdk-track' })) {
      found.push(await ledger.executions.get(id));
    }
    expect(found.sort((a, b) => (a.status < b.status ? 1 : -1))).toMatchObject([
      {
        origin: 'recorded',
        status: 'succeeded',
        model: OPENAI,
        rendered_prompt: 'Order 7 is confirmed!',
        response_text: 'Order 7 is confirmed!',
        finish_reason: 'stop',
        telemetry: { prompt_tokens: 5, response_tokens: 2 },
        metadata: { order: '7' },
      },
      { origin: 'recorded', status: 'failed', rendered_prompt: 'Order 8 is confirmed!' },
    ]);
  });

  it('lets the call of its caller be when the ledger is away, and tells what is lost', async () => {
    const dropped: DroppedExecution[] = [];
    const ledger = new PromptLedger({
      mode: 'tracking_only',
      codeRegistry: Prompts,
      baseUrl: AWAY,
      apiKey: 'k',
      tracking: { onDropped: (each) => dropped.push(each) },
    });
    const answer = await ledger.track('SDK_ORDER', { order_id: 1 }, async (prompt) => chatAnswer(prompt), {
      model: 'openai/gpt-4o-mini',
    });
    expect(answer.usage.prompt_tokens).toBe(5);
    await ledger.close();
    expect(dropped).toHaveLength(1);
    expect(ledger.trackingStats.dropped).toBe(1);
  });
});
