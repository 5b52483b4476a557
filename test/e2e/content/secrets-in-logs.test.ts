import { api } from '../../support/api-client.js';
import { spawnService } from '../../support/servers/processes.js';
import { ADMIN_KEY, ECHO, OPENAI, putPrompt, type Stage, startStage, submit, untilFinal } from '../stage.js';

const PROVIDER_KEY = 'sk-canary-provider-key-11111111';
const IN_PROMPT = 'canary-of-the-prompt';
const IN_VARIABLE = 'canary-of-a-variable';
const IN_ANSWER = 'canary-of-the-answer';

describe('at its most talkative, the log', () => {
  let stage: Stage;
  const canaries: string[] = [ADMIN_KEY, PROVIDER_KEY, IN_PROMPT, IN_VARIABLE, IN_ANSWER];

  beforeAll(async () => {
    stage = await startStage({
      DEBUG: 'true',
      LOG_LEVEL: 'trace',
      NODE_ENV: 'production',
      OPENAI_API_KEY: PROVIDER_KEY,
    });
    stage.openai.behaveForModel('gpt-4o', {
      kind: 'error',
      status: 500,
      message: `failed on ${IN_PROMPT} with key ${PROVIDER_KEY}`,
    });
  });

  afterAll(() => stage.close());

  it('names what was done, and holds no key, prompt, variable or answer', async () => {
    const { admin, ledger } = stage;
    const created = await admin.post<{ key: string; key_id: string }>('/v1/keys', {
      name: 'canary',
      scopes: ['executions:run'],
    });
    canaries.push(created.body.key, created.body.key.split('_').at(-1) as string);
    await putPrompt(admin, 'canary', `${IN_PROMPT} {{text}} ${IN_ANSWER}`);
    const body = { prompt_name: 'canary', variables: { text: IN_VARIABLE } };
    await admin.post('/v1/executions:run', { ...body, model: ECHO });
    await admin.post('/v1/executions:run', { ...body, model: OPENAI });
    await admin.post('/v1/executions:run', { ...body, model: { provider: 'openai', model_name: 'gpt-4o' } });
    await untilFinal(admin, await submit(admin, { ...body, model: ECHO }));
    const told = { ...body, model: OPENAI, started_at: '2026-11-24T10:00:00Z' };
    const failed = {
      ...told,
      status: 'failed',
      error_message: `failed on ${IN_PROMPT} with ${PROVIDER_KEY}`,
    };
    const succeeded = { ...told, status: 'succeeded', response_text: IN_ANSWER };
    await admin.post('/v1/executions:record', {
      executions: [failed, succeeded, { ...succeeded, variables: {} }],
    });
    // Errors are where whole values tend to get logged.
    await admin.post('/v1/executions:run', `{"prompt_name": "canary", "${IN_VARIABLE}"`);
    await admin.post('/v1/executions:run', { ...body, [IN_VARIABLE]: 1, variables: [IN_VARIABLE] });
    await admin.post('/v1/executions:record', { executions: [{ ...succeeded, [IN_ANSWER]: [IN_ANSWER] }] });
    await admin.put('/v1/prompts/canary', { template_source: `{{ ${IN_VARIABLE} | ${IN_PROMPT} }}` });
    await admin.get(`/v1/executions?correlation_id=${IN_VARIABLE}`);
    await api(ledger.url, created.body.key).get('/v1/keys');
    await api(ledger.url, PROVIDER_KEY).get('/v1/prompts');
    const log = ledger.logs.join('\n');
    expect(log).toContain('/v1/executions:run');
    expect(canaries.filter((canary) => log.includes(canary))).toEqual([]);
  });

  it('holds no key either when the process cannot start', async () => {
    const failing = spawnService('main.js', {
      ...stage.env,
      OPENAI_API_KEY: PROVIDER_KEY,
      DATABASE_URL: 'postgres://user:canary-password@127.0.0.1:1/none',
    });
    expect((await failing.exit).code).toBe(1);
    const log = failing.logs.join('\n');
    expect(log).toContain('cannot be used');
    expect([ADMIN_KEY, PROVIDER_KEY, 'canary-password'].filter((canary) => log.includes(canary))).toEqual([]);
  });
});
