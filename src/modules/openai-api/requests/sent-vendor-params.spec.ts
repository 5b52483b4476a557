import { listVendorParams, toVendorParams } from './sent-vendor-params.js';

const TOOLS = [{ type: 'function', function: { name: 'f' } }];
const paramsOf = (body: object) => toVendorParams({ model: 'm', ...body });

describe('members that are passed on', () => {
  it('keep their names and values', () => {
    const sent = {
      user: 'u',
      metadata: { a: 'b' },
      store: false,
      prompt_cache_key: '',
      prompt_cache_retention: '24h',
      safety_identifier: 's',
      reasoning_effort: 'none',
      verbosity: 'low',
      service_tier: 'auto',
    };
    expect(paramsOf({ ...sent, temperature: 1, n: 1 })).toEqual(sent);
  });

  it('are none where nothing is said', () => {
    expect(paramsOf({ metadata: {}, stream_options: { include_usage: true } })).toBeNull();
  });

  it('have parallel_tool_calls only where there are tools', () => {
    expect(paramsOf({ parallel_tool_calls: false })).toBeNull();
    expect(paramsOf({ parallel_tool_calls: false, tools: TOOLS })).toEqual({ parallel_tool_calls: false });
  });

  it('have one of the options of a stream', () => {
    const stream_options = { include_usage: true, include_obfuscation: false };
    expect(paramsOf({ stream_options })).toEqual({ stream_options: { include_obfuscation: false } });
  });
});

describe('their names', () => {
  it('stand in the order of their appearance, each once', () => {
    const body = {
      verbosity: 'low',
      messages: [
        { role: 'user', content: 'a', name: 'Ada' },
        { role: 'assistant', reasoning_content: '', content: 'b', annotations: [{}], name: 'Bot' },
      ],
      model: 'm',
      stream_options: { include_usage: true, include_obfuscation: true },
      metadata: { a: 'b' },
      temperature: 1,
      parallel_tool_calls: true,
    };
    expect(listVendorParams(body)).toEqual([
      'verbosity',
      'name',
      'reasoning_content',
      'annotations',
      'stream_options.include_obfuscation',
      'metadata',
      'parallel_tool_calls',
    ]);
  });

  it.each<[string, unknown]>([
    [
      'null',
      {
        user: null,
        messages: [{ name: null, annotations: null }],
        stream_options: { include_obfuscation: null },
      },
    ],
    ['empty', { metadata: {}, messages: [{ annotations: [], reasoning_details: [] }] }],
    ['nothing but null', { metadata: { a: null } }],
    ['in another place', { name: 'x', reasoning_content: 'y', messages: [{ user: 'z' }] }],
    ['in a body that is none', [{ user: 'x' }]],
  ])('do not have what is %s', (_what, body) => {
    expect(listVendorParams(body)).toEqual([]);
  });
});
