import type { ExecutionResultDto } from '../../executions/index.js';
import type { Completion } from '../../providers/index.js';
import { toChatCompletion } from './chat-completion.js';

const TELEMETRY = {
  prompt_tokens: 3,
  response_tokens: 5,
  cached_prompt_tokens: null,
  reasoning_tokens: null,
  time_to_first_token_ms: 1,
  latency_ms: 2,
};

function execution(more: Partial<ExecutionResultDto> = {}): ExecutionResultDto {
  return {
    execution_id: '01900000-0000-7000-8000-000000000000',
    model: { provider: 'anthropic', model_name: 'claude-haiku-4-5' },
    created_at: '2026-01-31T12:00:00.500Z',
    finish_reason: 'stop',
    response_text: 'Hello',
    response_truncated: false,
    tool_calls: null,
    telemetry: TELEMETRY,
    ...more,
  } as ExecutionResultDto;
}

const choiceOf = (...args: Parameters<typeof toChatCompletion>) => toChatCompletion(...args).choices[0];

describe('a completion in the form of OpenAI', () => {
  it('counts as the ledger does, where the vendor has another form or nobody was called', () => {
    const anthropic = { usage: { raw: { input_tokens: 3, output_tokens: 5 } } } as Completion;
    const usage = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };
    expect(toChatCompletion(execution(), anthropic).usage).toEqual(usage);
    expect(toChatCompletion(execution(), undefined).usage).toEqual(usage);
  });

  it('counts as OpenAI does where a server has reasoning beside the completion', () => {
    const raw = { prompt_tokens: 32, completion_tokens: 9, total_tokens: 1041 };
    const telemetry = { ...TELEMETRY, prompt_tokens: 32, response_tokens: 1009, reasoning_tokens: 1000 };
    expect(toChatCompletion(execution({ telemetry }), { usage: { raw } } as Completion).usage).toEqual({
      prompt_tokens: 32,
      completion_tokens: 1009,
      total_tokens: 1041,
      completion_tokens_details: { reasoning_tokens: 1000 },
    });
  });

  it('passes on what is OpenAI’s in form and meaning', () => {
    const raw = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8, service: 'x' };
    expect(toChatCompletion(execution(), { usage: { raw } } as Completion).usage).toEqual(raw);
  });

  it('has the details that are known, and no usage where a count is not', () => {
    const known = execution({ telemetry: { ...TELEMETRY, cached_prompt_tokens: 0, reasoning_tokens: 2 } });
    expect(toChatCompletion(known, undefined).usage).toMatchObject({
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 2 },
    });
    const unknown = execution({ telemetry: { ...TELEMETRY, response_tokens: null } });
    expect(toChatCompletion(unknown, undefined)).not.toHaveProperty('usage');
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['tool_calls', 'tool_calls'],
    ['repetition', 'length'],
    ['MALFORMED_FUNCTION_CALL', 'length'],
    [null, 'stop'],
  ])('ends %s as %s', (said, reason) => {
    expect(choiceOf(execution({ finish_reason: said }), undefined)?.finish_reason).toBe(reason);
  });

  it.each([
    ['', '{}'],
    [' \n', '{}'],
    ['{"a": 1}', '{"a": 1}'],
    ['{"a', '{"a'],
  ])('has the arguments %j of a call as %j', (said, text) => {
    const tool_calls = [{ id: 'c', name: 'f', arguments: said }];
    expect(choiceOf(execution({ tool_calls }), undefined)?.message.tool_calls).toEqual([
      { id: 'c', type: 'function', function: { name: 'f', arguments: text } },
    ]);
  });

  it('ends as too long when only its beginning was kept', () => {
    expect(choiceOf(execution({ response_truncated: true }), undefined)?.finish_reason).toBe('length');
  });

  it('has the text before a refusal as its content', () => {
    const refused = { refusal: "I can't.", usage: { raw: null } } as Completion;
    const text = "Well. I can't.";
    expect(
      choiceOf(execution({ response_text: text, finish_reason: 'content_filter' }), refused),
    ).toMatchObject({
      message: { content: 'Well. ', refusal: "I can't." },
      finish_reason: 'stop',
    });
  });
});
