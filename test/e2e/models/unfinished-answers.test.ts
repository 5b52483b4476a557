import type { ApiBody } from '../../support/api-client.js';
import {
  type Execution,
  getExecution,
  OPENAI,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

const RUN = '/v1/executions:run';
const CHAT = '/openai/v1/chat/completions';
const BIG = { provider: 'openai', model_name: 'gpt-4o' };
const JSON_TYPE = { 'content-type': 'application/json' };
const USAGE = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

function answer(finish_reason: string, content: unknown = 'Half'): string {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason }];
  return JSON.stringify({ id: 'c', object: 'chat.completion', model: 'm', choices, usage: USAGE });
}

const raw = (body: string) => ({ kind: 'raw', headers: JSON_TYPE, body }) as const;
const body = { prompt_name: 'greeting', variables: { name: 'Ada' } };
const calls = () => stage.openai.requests.length;

describe('an answer that the provider did not finish', () => {
  it('has failed, and keeps what came of it and what it used', async () => {
    stage.openai.behave(raw(answer('MALFORMED_FUNCTION_CALL')));
    const execution = await untilFinal(
      stage.admin,
      await submit(stage.admin, { ...body, model: OPENAI, max_attempts: 1 }),
    );
    expect(execution).toMatchObject({
      status: 'failed',
      error_type: 'provider_error',
      error_message: 'The provider ended its answer early: MALFORMED_FUNCTION_CALL.',
      finish_reason: 'MALFORMED_FUNCTION_CALL',
      response_text: 'Half',
      telemetry: { prompt_tokens: 5, response_tokens: 7 },
      attempts: [{ status: 'failed', prompt_tokens: 5, response_tokens: 7, usage: USAGE }],
    });
    expect(execution['cost_usd']).not.toBeNull();
  });

  it('is no reason to stop for a list of models', async () => {
    stage.openai.behaveForModel(OPENAI.model_name, raw(answer('error')));
    const { status, body: ran } = await stage.admin.post(RUN, { ...body, model: [OPENAI, BIG] });
    expect(status).toBe(200);
    expect(ran).toMatchObject({ status: 'succeeded', finish_reason: 'stop', model: BIG });
    expect((await executionOf(ran)).attempts).toMatchObject([{ status: 'failed' }, { status: 'succeeded' }]);
  });

  it('is a failure for OpenAI’s clients, too', async () => {
    stage.openai.behave(raw(answer('MALFORMED_FUNCTION_CALL')));
    const messages = [{ role: 'user', content: 'Hi' }];
    const said = await stage.admin.post(CHAT, { model: 'openai/gpt-4o-mini', messages, timeout_ms: 300 });
    expect(said.status).toBe(502);
    expect(said.body).toMatchObject({ error: { type: 'server_error', ledger_code: 'PROVIDER_FAILED' } });
  });
});

describe('an answer in a form of its own', () => {
  it('is read, and asked for once', async () => {
    stage.openai.behave(
      raw(
        answer('stop', [
          { type: 'text', text: 'Hello' },
          { type: 'text', text: ' Ada' },
        ]),
      ),
    );
    const { body: ran } = await stage.admin.post(RUN, { ...body, model: OPENAI });
    expect(ran).toMatchObject({ status: 'succeeded', response_text: 'Hello Ada', finish_reason: 'stop' });
    expect(calls()).toBe(1);
  });

  it('that cannot be read is no empty answer, and not paid for again', async () => {
    stage.openai.behave(raw(answer('stop', [{ type: 'image_url', image_url: { url: 'data:,' } }])));
    const { status, body: said } = await stage.admin.post(RUN, { ...body, model: OPENAI });
    expect([status, said['code'], calls()]).toEqual([502, 'PROVIDER_FAILED', 1]);
  });
});

function executionOf(ran: ApiBody): Promise<Execution> {
  return getExecution(stage.admin, String(ran['execution_id']));
}
