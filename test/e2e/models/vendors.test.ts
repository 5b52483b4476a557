import { startAnthropicServer } from '../../fakes/vendors/anthropic-server.js';
import { startGoogleServer } from '../../fakes/vendors/google-server.js';
import { startAzureServer, startCompatibleServer } from '../../fakes/vendors/openai-like-servers.js';
import type { VendorServer } from '../../fakes/vendors/vendor-server.js';
import {
  expectProblem,
  getExecution,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

const KEY = 'a-vendors-key-0123456789abcdef';
const CHAT = [
  { role: 'system', content: 'You greet people.' },
  { role: 'user', content: 'Greet {{name}}' },
];

let stage: Stage;
let vendors: Readonly<Record<string, VendorServer>>;

beforeAll(async () => {
  const anthropic = await startAnthropicServer(KEY);
  const google = await startGoogleServer(KEY);
  const azure = await startAzureServer(KEY);
  const groq = await startCompatibleServer(KEY);
  const ollama = await startCompatibleServer(null);
  vendors = { anthropic, google, 'azure-openai': azure, groq, ollama };
  stage = await startStage({
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_BASE_URL: anthropic.origin,
    GEMINI_API_KEY: KEY,
    GOOGLE_GEMINI_BASE_URL: google.origin,
    AZURE_OPENAI_API_KEY: KEY,
    AZURE_OPENAI_ENDPOINT: azure.origin,
    GROQ_API_KEY: KEY,
    OPENAI_COMPATIBLE: `groq=${groq.origin}/v1|GROQ_API_KEY, ollama=${ollama.origin}/v1, bare=http://localhost:1/v1|BARE_API_KEY`,
  });
  await putPrompt(stage.admin, 'greeting', CHAT);
  for (const model of ['azure-openai/prod-chat', 'groq/llama-3.3-70b', 'ollama/llama3.2', 'bare/any']) {
    await stage.admin.put(`/v1/models/${model}`, { max_tokens: 8192, supports_streaming: true });
  }
});

afterAll(async () => {
  await stage.close();
  await Promise.all(Object.values(vendors).map((server) => server.stop()));
});

beforeEach(() => Object.values(vendors).forEach((server) => server.reset()));

const bodyFor = (provider: string, model_name: string) => ({
  prompt_name: 'greeting',
  variables: { name: 'Ada' },
  model: { provider, model_name },
});

describe.each([
  ['anthropic', 'claude-haiku-5-5', 2, { system: [{ type: 'text', text: 'You greet people.' }] }],
  ['google', 'gemini-3.5-flash', 2, { systemInstruction: { parts: [{ text: 'You greet people.' }] } }],
  ['azure-openai', 'prod-chat', 5, { messages: [{ role: 'system' }, { role: 'user' }] }],
  ['groq', 'llama-3.3-70b', 5, { messages: [{ role: 'system' }, { role: 'user' }] }],
  ['ollama', 'llama3.2', 5, { messages: [{ role: 'system' }, { role: 'user' }] }],
])('%s', (provider, modelName, promptTokens, sentBody) => {
  const vendor = (): VendorServer => vendors[provider]!;
  const body = bodyFor(provider, modelName);

  it('runs a prompt, and keeps the vendor’s words about it', async () => {
    const run = await stage.admin.post('/v1/executions:run', body);
    expect(run).toMatchObject({
      status: 200,
      body: {
        status: 'succeeded',
        model: body.model,
        response_text: 'You said: Greet Ada',
        finish_reason: 'stop',
        telemetry: { prompt_tokens: promptTokens, response_tokens: 4 },
      },
    });
    expect(vendor().lastRequest?.body).toMatchObject(sentBody);
    const { attempts } = await getExecution(stage.admin, String(run.body['execution_id']));
    expect(attempts).toMatchObject([{ provider, provider_request_id: expect.any(String) as string }]);
  });

  it('works on what was submitted', async () => {
    const execution = await untilFinal(stage.admin, await submit(stage.admin, body));
    expect(execution).toMatchObject({ status: 'succeeded', response_text: 'You said: Greet Ada' });
    expect(vendor().requests).toHaveLength(1);
  });

  it('fails as the vendor does, without its key', async () => {
    vendor().behaviour = { kind: 'error', status: 403, message: `The key ${KEY} may not` };
    const run = await stage.admin.post('/v1/executions:run', body);
    expectProblem(run, 502, 'PROVIDER_REJECTED');
    expect(run.body).toMatchObject({ provider_status: 403, attempts: 1 });
    expect(JSON.stringify(run.body)).not.toContain(KEY);
    expect(stage.ledger.logs.join('\n')).not.toContain(KEY);
  });

  it('is tried again after a failure that may pass', async () => {
    vendor().behaviour = { kind: 'error', status: 503 };
    const id = await submit(stage.admin, body);
    while (vendor().requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    vendor().behaviour = { kind: 'answer' };
    const execution = await untilFinal(stage.admin, id);
    expect(execution).toMatchObject({
      status: 'succeeded',
      attempts: [{ error_type: 'provider_error' }, { error_type: null }],
    });
  });
});

it.each([
  ['anthropic', 'claude-haiku-5-5', ['repetition_penalty', 'seed']],
  ['google', 'gemini-3.5-flash', ['repetition_penalty']],
  ['azure-openai', 'prod-chat', ['top_k', 'repetition_penalty']],
  ['groq', 'llama-3.3-70b', ['top_k', 'repetition_penalty']],
])('refuses for %s %s what it has no field for: %j', async (provider, modelName, refused) => {
  const params = { temperature: 0.2, top_k: 1, repetition_penalty: 1.1, seed: 7 };
  const answer = await stage.admin.post('/v1/executions:run', { ...bodyFor(provider, modelName), params });
  expectProblem(answer, 400, 'VALIDATION_FAILED');
  expect(answer.body['errors']).toEqual(
    refused.map((name) => expect.objectContaining({ pointer: `/params/${name}` }) as unknown),
  );
  expect(vendors[provider]?.requests).toEqual([]);
});

it.each(['/v1/executions:run', '/v1/executions:submit'])(
  'names the variable of a server whose key is missing, to %s too',
  async (path) => {
    const answer = await stage.admin.post(path, bodyFor('bare', 'any'));
    expectProblem(answer, 503, 'PROVIDER_NOT_CONFIGURED');
    expect(answer.body['detail']).toContain('BARE_API_KEY');
  },
);

it('lists the models of the new vendors, and seeds them as often as one likes', async () => {
  const models = await stage.sql<{ name: string }>(
    `SELECT provider || '/' || model_name AS name FROM models WHERE provider IN ('anthropic', 'google')`,
  );
  const { body } = await stage.admin.get<{ data: { id: string }[] }>('/v1/models');
  const ids = body.data.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['anthropic/claude-opus-5-5', 'google/gemini-2.5-pro']));
  expect(ids.filter((id) => /^(anthropic|google)\//.test(id)).sort()).toEqual(
    models.map(({ name }) => name).sort(),
  );
});
