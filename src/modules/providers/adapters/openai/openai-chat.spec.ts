import type { ProviderRequest } from '../../provider.contract.js';
import { COMPATIBLE_VENDOR_PARAMS, isReasoningModel, OPENAI_VENDOR_PARAMS } from './openai-chat.js';
import { type ChatDialect, toChatBody } from './openai.request.js';

describe('the limit of tokens', () => {
  it.each([
    'o1',
    'o3',
    'o3-mini',
    'o1-2024-12-17',
    'o4-mini-2025-04-16',
    'gpt-5',
    'gpt-5-mini',
    'gpt-5.4',
    'gpt-5.4-nano-2026-03-17',
    'gpt-6',
    'ft:o3-mini:acme::AbC123',
    'ft:o4-mini-2025-04-16:acme:support:AbC123',
    'ft:gpt-5-mini-2025-08-07:acme::1',
    'openai/o3',
    'openai/gpt-5.4',
    'openai/ft:o3-mini:acme::1',
    'azure/eastus/o1-mini',
    'OpenAI/O3',
    'openai/o4-mini:free',
  ])('of %s is max_completion_tokens', (modelName) => {
    expect(isReasoningModel(modelName)).toBe(true);
  });

  it.each([
    'gpt-4o',
    'gpt-4o-mini-2024-07-18',
    'gpt-4.1',
    'gpt-3.5-turbo',
    'gpt-35-turbo',
    'gpt-oss-120b',
    'chatgpt-4o-latest',
    'ft:gpt-4o-mini:acme:o3-like:1',
    'ft:gpt-4o-mini-2024-07-18:acme::gpt-5',
    'openai/gpt-4o',
    'openai/gpt-oss-20b',
    'o3/llama-3',
    'marco-o1',
    'ollama',
    'olmo-2-7b',
    'mistral-large',
  ])('of %s is max_tokens', (modelName) => {
    expect(isReasoningModel(modelName)).toBe(false);
  });
});

describe('members of OpenAI’s API beyond the contract', () => {
  const SENT = {
    metadata: { order: '1' },
    store: false,
    user: 'u',
    prompt_cache_key: 'k',
    safety_identifier: 's',
    reasoning_effort: 'low',
    verbosity: 'high',
    service_tier: 'flex',
  };
  const MEMBERS = { name: 'Ada', reasoning_content: 'hm', reasoning: 'ah', annotations: [{ a: 1 }] };
  const bodyOf = (more: Partial<ProviderRequest>, dialect: Partial<ChatDialect> = {}) =>
    toChatBody(
      {
        modelName: 'm',
        messages: [{ role: 'user', content: 'Hello' }],
        params: {},
        attemptId: 'a',
        signal: new AbortController().signal,
        ...more,
      },
      {
        limitName: 'max_tokens',
        asksForUsage: true,
        isStreamed: false,
        vendorParams: COMPATIBLE_VENDOR_PARAMS,
        ...dialect,
      },
    ) as unknown as Record<string, unknown>;

  it('are sent as they came, and nothing else with them', () => {
    const { model: _model, messages: _messages, ...sent } = bodyOf({ vendorParams: SENT });
    expect(sent).toEqual(SENT);
  });

  it('are sent only where the server has a field for them', () => {
    const {
      model: _model,
      messages: _messages,
      ...sent
    } = bodyOf({ vendorParams: { ...SENT, unheard_of: 1 } }, { vendorParams: ['user', 'store'] });
    expect(sent).toEqual({ user: 'u', store: false });
  });

  it.each<[string, boolean, Partial<ChatDialect>, unknown]>([
    ['beside the ledger’s own', false, {}, { include_usage: true, include_obfuscation: false }],
    ['alone', true, { asksForUsage: false }, { include_obfuscation: true }],
    ['not where nobody knows it', true, { vendorParams: [] }, { include_usage: true }],
    ['not with a whole answer', true, { isStreamed: false }, undefined],
  ])('have a place in stream_options: %s', (_where, value, dialect, expected) => {
    const vendorParams = { stream_options: { include_obfuscation: value } };
    const body = bodyOf({ vendorParams }, { isStreamed: true, ...dialect });
    expect(body['stream_options']).toEqual(expected);
  });

  it.each<[string, readonly string[], object]>([
    ['openai and azure', OPENAI_VENDOR_PARAMS, { name: 'Ada' }],
    ['servers like them', COMPATIBLE_VENDOR_PARAMS, MEMBERS],
    ['a server that knows none', [], {}],
  ])('stand in messages as %s know them', (_whose, vendorParams, expected) => {
    const calls = [{ id: 'c', name: 'f', arguments: '{}' }];
    const body = bodyOf(
      {
        messages: [
          { role: 'user', content: 'Hello', vendorMembers: { name: 'Ada' } },
          { role: 'assistant', content: 'Hi', vendorMembers: MEMBERS },
          { role: 'assistant', content: '', toolCalls: calls, vendorMembers: MEMBERS },
          { role: 'tool', content: '17', toolCallId: 'c', vendorMembers: { name: 'Ada' } },
        ],
      },
      { vendorParams },
    );
    const named = vendorParams.includes('name') ? { name: 'Ada' } : {};
    expect(body['messages']).toEqual([
      { role: 'user', content: 'Hello', ...named },
      { role: 'assistant', content: 'Hi', ...expected },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
        ...expected,
      },
      { role: 'tool', content: '17', tool_call_id: 'c', ...named },
    ]);
  });

  it.each(['', ' ', '\n'])('a call without arguments (%j) is sent back with an empty object', (text) => {
    const body = bodyOf({
      messages: [{ role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'f', arguments: text }] }],
    });
    expect(body['messages']).toMatchObject([{ tool_calls: [{ function: { arguments: '{}' } }] }]);
  });
});
