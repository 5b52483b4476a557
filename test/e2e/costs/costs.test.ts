import type { ApiBody, ApiResponse } from '../../support/api-client.js';
import { EventStreamClient } from '../../support/event-stream-client.js';
import {
  ADMIN_KEY,
  type Execution,
  getExecution,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

const MODEL = { provider: 'openai', model_name: 'priced' };
const body = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: MODEL };
/** Two tokens in and four out, at 3 and 7 micro-dollars each. */
const COST = { cost_usd: '0.000034', cost_pico_usd: '34000000' };
const UNKNOWN = { cost_usd: null, cost_pico_usd: null, price_id: null };

let stage: Stage;
let priceId: string;

async function addPrice(more: ApiBody = {}): Promise<string> {
  const price = { ...MODEL, input_usd_per_mtok: '3', output_usd_per_mtok: '7', ...more };
  const answer = await stage.admin.post('/v1/prices', price);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return String(answer.body['price_id']);
}

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  for (const name of ['priced', 'unpriced', 'short', 'cached', 'changing']) {
    await stage.admin.put(`/v1/models/openai/${name}`, { max_tokens: null, supports_streaming: true });
  }
  priceId = await addPrice();
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const run = (more: ApiBody = {}): Promise<ApiResponse<ApiBody>> =>
  stage.admin.post('/v1/executions:run', { ...body, ...more });
const kept = (answer: ApiResponse<ApiBody>): Promise<Execution> =>
  getExecution(stage.admin, String(answer.body['execution_id']));

/** Returns OpenAI's answer to a prompt that was partly cached. */
function answerWith(usage: ApiBody): string {
  const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'cached' };
  const chunks = [
    { ...head, choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }] },
    { ...head, choices: [], usage },
  ];
  return `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`;
}

describe('what an execution cost', () => {
  it('is exact, in the answer and on record, by whatever way it was asked for', async () => {
    const answer = await run();
    expect(answer.body).toMatchObject({ ...COST, price_id: priceId });

    const stream = await EventStreamClient.open(stage.ledger.url, body, { apiKey: ADMIN_KEY });
    const { data: done } = await stream.until('done');
    expect(done).toMatchObject({ ...COST, price_id: priceId });

    const submitted = await untilFinal(stage.admin, await submit(stage.admin, body));
    for (const execution of [
      await kept(answer),
      await getExecution(stage.admin, String(done['execution_id'])),
      submitted,
    ]) {
      expect(execution).toMatchObject({ ...COST, price_id: priceId });
      expect(execution.attempts).toMatchObject([
        { ...COST, price_id: priceId, prompt_tokens: 2, response_tokens: 4 },
      ]);
    }
  });

  it('has the tokens of the vendor’s cache at their own price', async () => {
    const figures = {
      input_usd_per_mtok: '2.5',
      cached_input_usd_per_mtok: '0.25',
      output_usd_per_mtok: '10',
    };
    const price_id = await addPrice({ model_name: 'cached', ...figures });
    const usage = {
      prompt_tokens: 1000,
      completion_tokens: 10,
      prompt_tokens_details: { cached_tokens: 900 },
    };
    stage.openai.behave({ kind: 'raw', body: answerWith(usage) });
    const answer = await run({ model: { ...MODEL, model_name: 'cached' } });
    // 100 at 2.5, 900 at 0.25, 10 at 10 micro-dollars.
    expect(answer.body).toMatchObject({ cost_usd: '0.000575', price_id });
    expect(answer.body).toMatchObject({ telemetry: { cached_prompt_tokens: 900 } });
    expect(await kept(answer)).toMatchObject({ cost_pico_usd: '575000000' });
  });

  it.each<[string, () => Promise<ApiResponse<ApiBody>>]>([
    ['a model without a price', () => run({ model: { ...MODEL, model_name: 'unpriced' } })],
    [
      'a vendor that does not say what was used',
      () => {
        stage.openai.behave({ kind: 'answer', usage: false });
        return run();
      },
    ],
    [
      'a prompt that is longer than the price holds for',
      async () => {
        await addPrice({ model_name: 'short', max_prompt_tokens: 1 });
        return run({ model: { ...MODEL, model_name: 'short' } });
      },
    ],
  ])('is unknown, and not 0, of %s', async (_what, ask) => {
    const answer = await ask();
    expect(answer).toMatchObject({ status: 200, body: UNKNOWN });
    const execution = await kept(answer);
    expect(execution).toMatchObject(UNKNOWN);
    expect(execution.attempts[0]).toMatchObject(UNKNOWN);
  });

  it('is unknown of one that failed', async () => {
    stage.openai.behave({ kind: 'error', status: 400 });
    expect(await kept(await run())).toMatchObject({ status: 'failed', ...UNKNOWN });
  });

  it('is that of the model that answered', async () => {
    stage.openai.behaveForModel('unpriced', { kind: 'error', status: 500 });
    const execution = await kept(await run({ model: ['openai/unpriced', MODEL] }));
    expect(execution).toMatchObject({ ...COST, price_id: priceId });
    expect(execution.attempts).toMatchObject([UNKNOWN, { ...COST, price_id: priceId }]);
  });

  it('is that of the price of its time, also when that changes in between', async () => {
    const model = { ...MODEL, model_name: 'changing' };
    const first = await addPrice({ model_name: 'changing' });
    const before = await run({ model });
    const second = await addPrice({
      model_name: 'changing',
      input_usd_per_mtok: '30',
      output_usd_per_mtok: '70',
    });
    const after = await run({ model });
    expect(before.body).toMatchObject({ ...COST, price_id: first });
    expect(after.body).toMatchObject({ cost_usd: '0.00034', price_id: second });
    expect(await kept(before)).toMatchObject({ ...COST, price_id: first });

    // After its end it prices nothing more, but earlier costs stay.
    await stage.admin.put(`/v1/prices/${second}`, { valid_to: new Date().toISOString() });
    await stage.admin.put(`/v1/prices/${first}`, { valid_to: new Date().toISOString() });
    expect((await run({ model })).body).toMatchObject(UNKNOWN);
    expect(await kept(after)).toMatchObject({ cost_usd: '0.00034', price_id: second });
  });
});
