import { withoutNulls } from './without-nulls.js';

describe('a body without nulls', () => {
  it.each<[string, unknown, unknown]>([
    ['at its top, known or not', { model: 'm', top_logprobs: null, whatever: null }, { model: 'm' }],
    [
      'in messages and their parts',
      { messages: [{ role: 'user', name: null, content: [{ type: 'text', text: 'a', cache: null }] }] },
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }] }] },
    ],
    [
      'in calls of tools',
      { messages: [{ tool_calls: [{ id: 'c', function: { name: 'f', arguments: null }, index: null }] }] },
      { messages: [{ tool_calls: [{ id: 'c', function: { name: 'f' } }] }] },
    ],
    [
      'in tools and formats',
      {
        tools: [{ type: 'function', function: { name: 'f', strict: null, parameters: null } }],
        tool_choice: { type: 'function', function: { name: 'f', extra: null } },
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {}, description: null } },
      },
      {
        tools: [{ type: 'function', function: { name: 'f' } }],
        tool_choice: { type: 'function', function: { name: 'f' } },
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {} } },
      },
    ],
    [
      'in options',
      { stream_options: { include_usage: true, other: null } },
      { stream_options: { include_usage: true } },
    ],
    ['as keys of every object', { metadata: { a: null, b: 'x' } }, { metadata: { b: 'x' } }],
    ['of the very name of a built-in', { constructor: null, messages: [] }, { messages: [] }],
  ])('has none %s', (_where, body, expected) => {
    expect(withoutNulls(body)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['variables', { prompt_variables: { text: null, deep: [{ a: null }] } }],
    ['schemas of tools', { tools: [{ function: { parameters: { enum: [null], default: null } } }] }],
    ['schemas of formats', { response_format: { json_schema: { schema: { const: null } } } }],
    [
      'what a provider said',
      { messages: [{ annotations: [{ url: null }], reasoning_details: [{ id: null }] }] },
    ],
    ['elements of lists', { messages: [null], stop: ['a', null] }],
    ['what is no object', null],
  ])('leaves %s alone, and is the same object', (_what, body) => {
    expect(withoutNulls(body)).toBe(body);
  });

  it('leaves the body that came as it is', () => {
    const body = { model: 'm', n: null, messages: [{ role: 'user', name: null }] };
    withoutNulls(body);
    expect(body).toEqual({ model: 'm', n: null, messages: [{ role: 'user', name: null }] });
  });
});
