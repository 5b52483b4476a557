import { toProviderExtras } from './index.js';

describe('what a provider gets beside the rendered prompt', () => {
  it('is nothing for a version that is nothing but its templates', () => {
    expect(toProviderExtras(null)).toEqual({});
    expect(toProviderExtras({})).toEqual({});
  });

  it('is flat, with the schemas as they are stored', () => {
    const parameters = { type: 'object', properties: { number: { type: 'integer' } } };
    const find = { name: 'find', description: 'Finds', parameters, strict: true };
    expect(
      toProviderExtras({
        tools: [
          { type: 'function', function: find },
          { type: 'function', function: { name: 'stop' } },
        ],
        toolChoice: { type: 'function', function: { name: 'find' } },
        parallelToolCalls: false,
        responseFormat: { type: 'json_schema', json_schema: { name: 'order', schema: parameters } },
      }),
    ).toEqual({
      tools: [find, { name: 'stop' }],
      toolChoice: { name: 'find' },
      parallelToolCalls: false,
      responseFormat: { type: 'json_schema', name: 'order', schema: parameters },
    });
    const choice = { toolChoice: 'required', responseFormat: { type: 'json_object' } } as const;
    expect(toProviderExtras(choice)).toEqual(choice);
  });
});
