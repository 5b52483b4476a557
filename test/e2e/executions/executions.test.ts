import { createHash } from 'node:crypto';
import { api, type ApiBody } from '../../support/api-client.js';
import { startLedger } from '../../support/servers/processes.js';
import {
  ADMIN_KEY,
  ANY_ID,
  ANY_TIME,
  ECHO,
  getExecution,
  OPENAI,
  promptPath,
  type PutAnswer,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

const RUN = '/v1/executions:run';
const SUBMIT = '/v1/executions:submit';

let stage: Stage;
let summarizer: PutAnswer;

beforeAll(async () => {
  stage = await startStage();
  summarizer = await putPrompt(stage.admin, 'doc_summarizer', 'Summarize:\n{{text}}');
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const body = { prompt_name: 'doc_summarizer', variables: { text: 'It was the best of times.' } };

/** Returns the answer of `:run`, which `GET` repeats. */
function succeeded(more: ApiBody = {}): ApiBody {
  return {
    execution_id: ANY_ID,
    status: 'succeeded',
    mode: 'sync',
    prompt_name: 'doc_summarizer',
    version_number: 1,
    checksum_hash: summarizer.version.checksum_hash,
    environment: 'dev',
    model: OPENAI,
    response_text: 'You said: Summarize:\nIt was the best of times.',
    finish_reason: 'stop',
    telemetry: { prompt_tokens: 7, response_tokens: 9, latency_ms: expect.any(Number) as number },
    created_at: ANY_TIME,
    started_at: ANY_TIME,
    completed_at: ANY_TIME,
    ...more,
  };
}

/** Returns the members that `GET` adds: everything that is needed to repeat the execution. */
function lineage(params: ApiBody): ApiBody {
  const [request] = stage.openai.requests;
  return {
    version_id: summarizer.version.version_id,
    variables: body.variables,
    rendered_prompt: 'Summarize:\nIt was the best of times.',
    params,
    correlation_id: 'order-4711',
    git: null,
    attempts: [
      {
        attempt: 1,
        status: 'succeeded',
        provider: 'openai',
        model_name: 'gpt-4o-mini',
        started_at: ANY_TIME,
        completed_at: ANY_TIME,
        latency_ms: expect.any(Number) as number,
        error_type: null,
        provider_request_id: request?.requestId,
      },
    ],
  };
}

const full = {
  ...body,
  version_number: null,
  environment: 'dev',
  model: OPENAI,
  params: { max_new_tokens: 800, temperature: 0.2 },
  correlation_id: 'order-4711',
  timeout_ms: 60000,
};

describe(':run', () => {
  it('waits for the answer, and GET has the whole lineage', async () => {
    const run = await stage.admin.post(RUN, full);
    expect(run).toMatchObject({ status: 200, body: succeeded() });
    expect(stage.openai.requests).toHaveLength(1);
    const execution = await getExecution(stage.admin, String(run.body['execution_id']));
    expect(execution).toMatchObject({ ...run.body, ...lineage(full.params) });
    const times = ['created_at', 'started_at', 'completed_at'].map((time) => String(execution[time]));
    expect([...times].sort()).toEqual(times);
  });

  it('sends the rendered prompt, the key of the environment and nothing that was not asked for', async () => {
    await stage.admin.post(RUN, body);
    const [request] = stage.openai.requests;
    expect(request?.body).toMatchObject({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'Summarize:\nIt was the best of times.' }],
    });
    const asked = Object.keys(request?.body ?? {}).filter((field) => !field.startsWith('stream'));
    expect(asked.sort()).toEqual(['messages', 'model']);
    expect(request?.headers.authorization).toBe(`Bearer ${stage.env['OPENAI_API_KEY']}`);
    expect(request?.attemptId).not.toBeNull();
  });

  it('maps every param that the provider has onto its field', async () => {
    const params = { max_new_tokens: 8, temperature: 0, top_p: 0.5, stop: ['END', '\n\n'], seed: 7 };
    const run = await stage.admin.post(RUN, { ...body, model: OPENAI, params });
    expect(run.status).toBe(200);
    const sent = { ...stage.openai.requests[0]?.body };
    expect(sent).toMatchObject({ temperature: 0, top_p: 0.5, stop: ['END', '\n\n'], seed: 7 });
    expect(sent['max_completion_tokens'] ?? sent['max_tokens']).toBe(8);
    expect((await getExecution(stage.admin, String(run.body['execution_id'])))['params']).toEqual(params);
  });

  it.each([
    ['run', 'top_k'],
    ['run', 'repetition_penalty'],
    ['submit', 'top_k'],
    ['submit', 'repetition_penalty'],
  ])(':%s refuses a param that the provider has no field for: %s', async (verb, param) => {
    const answer = await stage.admin.post(`/v1/executions:${verb}`, {
      ...body,
      model: OPENAI,
      params: { [param]: 2 },
    });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', errors: [{ pointer: `/params/${param}` }] },
    });
    expect(stage.openai.requests).toHaveLength(0);
  });

  it('takes the default model, an old version and one word for the environment', async () => {
    await putPrompt(stage.admin, 'two', 'First');
    await putPrompt(stage.admin, 'two', 'Second');
    const run = await stage.admin.post(RUN, { prompt_name: 'two', version_number: 1, environment: 'blue/2' });
    expect(run.body).toMatchObject({
      response_text: 'You said: First',
      version_number: 1,
      environment: 'blue/2',
      model: OPENAI,
    });
    const active = await stage.admin.post(RUN, { prompt_name: 'two', model: ECHO });
    expect(active.body).toMatchObject({ response_text: 'Second', version_number: 2, model: ECHO });
  });

  it('sends the messages of a chat prompt one by one', async () => {
    const messages = [
      { role: 'system', content: 'You are {{tone}}.' },
      { role: 'assistant', content: 'Well?' },
      { role: 'user', content: 'Hi {{name}}' },
    ];
    await putPrompt(stage.admin, 'chat', messages);
    const rendered = [
      { role: 'system', content: 'You are kind.' },
      { role: 'assistant', content: 'Well?' },
      { role: 'user', content: 'Hi Ada' },
    ];
    const run = await stage.admin.post(RUN, {
      prompt_name: 'chat',
      variables: { tone: 'kind', name: 'Ada' },
    });
    expect(run.body).toMatchObject({ response_text: 'You said: Hi Ada' });
    expect(stage.openai.requests[0]?.body).toMatchObject({ messages: rendered });
    const execution = await getExecution(stage.admin, String(run.body['execution_id']));
    expect(execution).toMatchObject({ messages: rendered });
    expect(execution).not.toHaveProperty('rendered_prompt');
  });

  it('never writes 0 for what the provider did not say', async () => {
    stage.openai.behave({ kind: 'answer', usage: false });
    const silent = await stage.admin.post(RUN, body);
    const unknown = { prompt_tokens: null, response_tokens: null, latency_ms: expect.any(Number) as number };
    expect(silent.body).toMatchObject({ status: 'succeeded', telemetry: unknown });
    const execution = await getExecution(stage.admin, String(silent.body['execution_id']));
    expect(execution).toMatchObject({ telemetry: unknown });
  });

  it('keeps an answer of no text, its finish reason, and one that comes as a single document', async () => {
    stage.openai.behave({ kind: 'answer', pieces: [], finishReason: 'content_filter' });
    const empty = await stage.admin.post(RUN, body);
    expect(empty.body).toMatchObject({ response_text: '', finish_reason: 'content_filter' });
    stage.openai.behave({ kind: 'answer', asJson: true, text: 'all at once', finishReason: 'length' });
    const whole = await stage.admin.post(RUN, body);
    expect(whole.body).toMatchObject({ response_text: 'all at once', finish_reason: 'length' });
  });

  it('cuts a response over 500 KiB between two characters, and has the SHA-256 of the whole', async () => {
    const text = '\u20ac\u{1f600}'.repeat(100_000);
    stage.openai.behave({ kind: 'answer', pieces: [text] });
    const run = await stage.admin.post(RUN, body);
    const kept = Buffer.from(String(run.body['response_text']), 'utf8');
    expect(run.body).toMatchObject({ status: 'succeeded', response_truncated: true });
    expect(kept.length).toBeLessThanOrEqual(500 * 1024);
    expect(kept.length).toBeGreaterThan(500 * 1024 - 4);
    expect(Buffer.from(text, 'utf8').subarray(0, kept.length).equals(kept)).toBe(true);
    const sha256 = createHash('sha256').update(text, 'utf8').digest('hex');
    const execution = await getExecution(stage.admin, String(run.body['execution_id']));
    expect(Object.values(execution)).toContain(sha256);
    expect(execution).toMatchObject({ response_truncated: true, response_text: run.body['response_text'] });
  });

  it('puts characters together that came in pieces, byte by byte', async () => {
    stage.openai.behave({ kind: 'answer', text: 'Zwölf \u{1f468}\u200d\u{1f469} \u20ac', packetBytes: 1 });
    const run = await stage.admin.post(RUN, body);
    expect(run.body).toMatchObject({ response_text: 'Zwölf \u{1f468}\u200d\u{1f469} \u20ac' });
  });
});

describe(':submit', () => {
  it('answers at once, and the consumer does the same as :run', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 300 });
    const answer = await stage.admin.post(SUBMIT, full);
    const id = String(answer.body['execution_id']);
    expect(answer).toMatchObject({
      status: 202,
      body: { execution_id: ANY_ID, status: 'queued', mode: 'async' },
    });
    expect(answer.headers.get('location')).toBe(`/v1/executions/${id}`);
    const early = await getExecution(stage.admin, id);
    expect(['queued', 'running']).toContain(early.status);
    expect(early).toMatchObject({
      response_text: null,
      finish_reason: null,
      completed_at: null,
      telemetry: { prompt_tokens: null, response_tokens: null, latency_ms: null },
      variables: body.variables,
      rendered_prompt: 'Summarize:\nIt was the best of times.',
    });
    expect(await untilFinal(stage.admin, id)).toMatchObject({
      ...succeeded({ execution_id: id, mode: 'async' }),
      ...lineage(full.params),
    });
    expect(stage.openai.requests).toHaveLength(1);
  });

  it('runs the version that was active when it was submitted', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 200 });
    await putPrompt(stage.admin, 'moving', 'Before');
    const id = await submit(stage.admin, { prompt_name: 'moving' });
    await putPrompt(stage.admin, 'moving', 'After');
    expect(await untilFinal(stage.admin, id)).toMatchObject({
      version_number: 1,
      response_text: 'You said: Before',
    });
  });
});

describe('a run sent after an answered PUT', () => {
  it('runs the new version, on another process as well', async () => {
    const second = await startLedger({ env: stage.env });
    const elsewhere = api(second.url, ADMIN_KEY);
    for (let round = 1; round <= 20; round += 1) {
      const text = `Round ${round}`;
      const put = await stage.admin.put<PutAnswer>(promptPath('fresh'), {
        template_source: text,
        set_active: true,
      });
      const runs = await Promise.all(
        [elsewhere, stage.admin].map((client) => client.post(RUN, { prompt_name: 'fresh', model: ECHO })),
      );
      for (const { body } of runs) {
        expect(body).toMatchObject({
          version_number: put.body.version.version_number,
          response_text: text,
        });
      }
      const back = await elsewhere.post(`${promptPath('fresh')}/versions/1:activate`);
      expect(back.status).toBe(200);
      const first = await stage.admin.post(RUN, { prompt_name: 'fresh', model: ECHO });
      expect(first.body).toMatchObject({ response_text: 'Round 1' });
    }
    await second.stop();
  });
});
