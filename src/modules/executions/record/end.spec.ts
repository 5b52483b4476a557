import type { ExecutionErrorType } from '../../../entities/index.js';
import type { PriceRecord } from '../../models/index.js';
import type { Completion, PartialCompletion } from '../../providers/index.js';
import type { CallFailure, CallOutcome } from '../facts/call-outcome.js';
import { computeCost, endEntry, type Ending, isPlainEnding } from './end.js';

const PRICE: PriceRecord = {
  priceId: 'price',
  provider: 'openai',
  modelName: 'gpt',
  inputMicrosPerMtok: 2n,
  cachedInputMicrosPerMtok: 1n,
  outputMicrosPerMtok: 10n,
  maxPromptTokens: 1000,
  validFrom: new Date(0),
  validTo: null,
  source: null,
  createdAt: new Date(0),
  createdBy: null,
};
const USAGE = { promptTokens: 100, responseTokens: 7, cachedPromptTokens: 40, raw: { total: 107 } };
/** 60 · 2 + 40 · 1 + 7 · 10 */
const COST = '230';
const ANSWER: Completion = {
  text: 'Hello',
  truncated: false,
  totalBytes: 5,
  sha256: 'ab',
  toolCalls: [],
  refusal: null,
  finishReason: 'stop',
  usage: USAGE,
  providerRequestId: 'req_1',
  servedModelName: null,
  firstTokenMs: 3,
  latencyMs: 9,
  extras: null,
};
const SUCCEEDED: CallOutcome = { succeeded: true, completion: ANSWER };

function failed(
  kind: ExecutionErrorType | 'client_closed',
  partial?: Partial<PartialCompletion>,
): CallOutcome {
  const failure: CallFailure = {
    kind: kind,
    message: 'No.',
    status: 500,
    retryAfterMs: null,
    providerRequestId: 'req_2',
    latencyMs: 8,
    ...(partial && { partial: { collected: null, firstTokenMs: null, ...partial } }),
  };
  return { succeeded: false, failure };
}

const entryOf = (outcome: CallOutcome, more: Partial<Ending> = {}) =>
  endEntry({
    claim: { projectId: 'project', executionId: 'execution', fence: 4 },
    mode: 'sync',
    attempt: 1,
    model: { provider: 'openai', modelName: 'gpt' },
    price: PRICE,
    outcome,
    next: { kind: 'final' },
    ...more,
  });

describe('the entry of an answer', () => {
  it('has what came, what it cost, and by which price', () => {
    expect(entryOf(SUCCEEDED)).toMatchObject({
      fence: 4,
      was_called: true,
      next: 'final',
      status: 'succeeded',
      ends_as: null,
      spent: 'cost',
      cost_pico_usd: COST,
      price_id: 'price',
      provider_request_id: 'req_1',
      latency_ms: 9,
      first_token_ms: 3,
      response_text: 'Hello',
      prompt_tokens: 100,
      response_tokens: 7,
      usage: '{"total":107}',
      tool_calls: null,
    });
  });

  it('has the calls of tools as JSON', () => {
    const toolCalls = [{ id: 'call_1', name: 'search', arguments: '{"q":1.10}' }];
    const entry = entryOf({ succeeded: true, completion: { ...ANSWER, toolCalls } });
    expect(JSON.parse(String(entry.tool_calls))).toEqual(toolCalls);
  });

  it('has a verdict where there was a schema to hold it to', () => {
    const output = { valid: false, errors: [] } as unknown as NonNullable<
      Extract<CallOutcome, { succeeded: true }>['output']
    >;
    expect(entryOf({ succeeded: true, completion: ANSWER, output })).toMatchObject({ output_valid: false });
    expect(entryOf(SUCCEEDED)).not.toHaveProperty('output_valid');
  });
});

describe('what an attempt has spent of its hold', () => {
  const end = { finishReason: 'content_filter', usage: USAGE };
  it.each<[string, CallOutcome, 'cost' | 'nothing' | 'unknown', string | undefined]>([
    ['an answer', SUCCEEDED, 'cost', COST],
    ['a failure whose usage came', failed('provider_error', { end, answerBegan: true }), 'cost', COST],
    ['a refusal of the provider', failed('provider_rejected'), 'nothing', undefined],
    ['a limit of the provider', failed('rate_limited'), 'nothing', undefined],
    [
      'an error after the answer began',
      failed('provider_error', { answerBegan: true }),
      'unknown',
      undefined,
    ],
    ['a timeout', failed('timeout'), 'unknown', undefined],
    ['a lost connection', failed('connection', { wasSent: true }), 'unknown', undefined],
    ['a call that was never sent', failed('connection', { wasSent: false }), 'nothing', '0'],
    ['a deadline before anything was sent', failed('timeout', { wasSent: false }), 'nothing', '0'],
  ])('of %s', (_what, outcome, spent, cost) => {
    const entry = entryOf(outcome);
    expect({ spent: entry.spent, cost: entry.cost_pico_usd }).toEqual({ spent, cost });
  });

  it('is unknown of an answer without a price, though it was billed', () => {
    expect(entryOf(SUCCEEDED, { price: null })).toMatchObject({
      spent: 'cost',
      cost_pico_usd: undefined,
      price_id: null,
    });
  });

  it('is not said to be 0 by a later attempt that was not sent: an earlier one may have cost something', () => {
    const entry = entryOf(failed('connection', { wasSent: false }), { attempt: 2 });
    expect(entry).toMatchObject({ spent: 'nothing', cost_pico_usd: undefined });
  });
});

describe('the entry of a failure', () => {
  const collected = { text: 'Hel', truncated: true, totalBytes: 3, sha256: 'cd' };

  it('keeps the part that came, when there is no other answer to come', () => {
    const outcome = failed('provider_error', { collected, firstTokenMs: 2, answerBegan: true });
    expect(entryOf(outcome)).toMatchObject({
      status: 'failed',
      error_type: 'provider_error',
      error_message: 'No.',
      provider_status: 500,
      provider_request_id: 'req_2',
      latency_ms: 8,
      first_token_ms: 2,
      response_text: 'Hel',
      response_truncated: true,
    });
    const next = { kind: 'queued', waitMs: 500 } as const;
    expect(entryOf(outcome, { next })).toMatchObject({
      next: 'queued',
      wait_ms: 500,
      response_text: undefined,
      completed_at: null,
    });
  });

  it('ends as canceled when the caller has left', () => {
    expect(entryOf(failed('client_closed'))).toMatchObject({ status: 'failed', ends_as: 'canceled' });
  });

  it('names the model of the next attempt, when this process makes it', () => {
    const model = { modelId: 'other' } as Extract<Ending['next'], { kind: 'running' }>['model'];
    expect(entryOf(failed('timeout'), { next: { kind: 'running', model } })).toMatchObject({
      next: 'running',
      next_model_id: 'other',
    });
  });
});

describe('the answer that an idempotency key keeps', () => {
  const key = { route: '/v1/executions:run', key: 'once', fingerprint: Buffer.alloc(32) };
  const answer = { status: 200, headers: { 'X-A': 'b' }, body: '{}' };

  it('is stored with the ending, under its key', () => {
    expect(entryOf(SUCCEEDED, { next: { kind: 'final', key, answer } })).toMatchObject({
      route: key.route,
      key: 'once',
      answer_status: 200,
      answer_headers: { 'X-A': 'b' },
      answer_body: '{}',
    });
  });

  it('is none without a key', () => {
    expect(entryOf(SUCCEEDED, { next: { kind: 'final', answer } })).toMatchObject({
      route: null,
      key: null,
      answer_body: undefined,
    });
  });
});

describe('computeCost', () => {
  it.each<
    [string, Partial<typeof USAGE> | { promptTokens: null } | { responseTokens: null }, PriceRecord | null]
  >([
    ['no price', {}, null],
    ['a prompt that is longer than the price covers', { promptTokens: 1001 }, PRICE],
    ['no count of the prompt', { promptTokens: null }, PRICE],
    ['no count of the answer', { responseTokens: null }, PRICE],
  ])('is unknown with %s', (_what, usage, price) => {
    const cost = computeCost({ usage: { ...USAGE, ...usage } }, price);
    expect(cost).toEqual({ costPicoUsd: null, priceId: null });
  });

  it('is exact, the cached tokens at their own price', () => {
    expect(computeCost({ usage: USAGE }, PRICE)).toEqual({ costPicoUsd: 230n, priceId: 'price' });
    const { cachedPromptTokens: _cached, ...rest } = USAGE;
    expect(computeCost({ usage: rest }, PRICE)).toEqual({ costPicoUsd: 270n, priceId: 'price' });
  });
});

describe('isPlainEnding', () => {
  const plain = entryOf(SUCCEEDED);
  it('holds for a called execution that is over, and has nothing else to do', () => {
    expect(isPlainEnding(plain)).toBe(true);
    for (const more of [
      { next: 'queued' as const },
      { was_called: false },
      { ends_as: 'canceled' as const },
      { answer_body: '{}' },
    ]) {
      expect(isPlainEnding({ ...plain, ...more })).toBe(false);
    }
  });
});
