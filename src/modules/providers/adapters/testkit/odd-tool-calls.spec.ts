import type { ProviderToolCall } from '../../provider.contract.js';
import {
  blockDelta,
  blockStart,
  chunk,
  completion,
  contents,
  DOCUMENT,
  DONE,
  EVENT_STREAM,
  eventsOf,
  message,
  MESSAGE_START,
  MESSAGE_STOP,
  messageDelta,
  OddAnswers,
  WAYS,
  type Vendor,
} from './odd-answers.testkit.js';

let odd: OddAnswers;

beforeAll(async () => {
  odd = await OddAnswers.start();
});
afterAll(() => odd.stop());

const callOf = (name: string, text: unknown, more: object = {}) => ({
  ...more,
  type: 'function',
  function: { name, arguments: text },
});
const more = (text: string, rest: object = {}) => ({ ...rest, function: { arguments: text } });

type Calls = readonly (readonly [string, string])[];

/** Deltas of calls, a list for each chunk, and the resulting calls. */
const CALLS: readonly (readonly [string, readonly unknown[], Calls])[] = [
  [
    'no ids and no indices, in one chunk',
    [[callOf('f', '{"a":1}'), callOf('g', '{"b":2}')]],
    [
      ['f', '{"a":1}'],
      ['g', '{"b":2}'],
    ],
  ],
  [
    'no ids and no indices, in two chunks',
    [[callOf('f', '{"a":1}')], [callOf('g', '{"b":2}')]],
    [
      ['f', '{"a":1}'],
      ['g', '{"b":2}'],
    ],
  ],
  [
    'the same tool twice, in two chunks',
    [[callOf('f', '{"a":1}')], [callOf('f', '{"a":2}')]],
    [
      ['f', '{"a":1}'],
      ['f', '{"a":2}'],
    ],
  ],
  [
    'equal indices and no ids',
    [[callOf('f', '{"a":1}', { index: 0 }), callOf('f', '{"a":2}', { index: 0 })]],
    [
      ['f', '{"a":1}'],
      ['f', '{"a":2}'],
    ],
  ],
  [
    'equal indices and no ids, in pieces',
    [
      [callOf('f', '', { index: 0 })],
      [more('{"a":', { index: 0 })],
      [more('1}', { index: 0 })],
      [callOf('f', '', { index: 0 })],
      [more('{"a":2}', { index: 0 })],
    ],
    [
      ['f', '{"a":1}'],
      ['f', '{"a":2}'],
    ],
  ],
  [
    'equal indices and ids',
    [[callOf('f', '{}', { index: 0, id: 'a' })], [callOf('g', '{}', { index: 0, id: 'b' })]],
    [
      ['f', '{}'],
      ['g', '{}'],
    ],
  ],
  [
    'equal ids and indices',
    [[callOf('f', '{}', { index: 0, id: 'a' }), callOf('g', '{}', { index: 0, id: 'a' })]],
    [
      ['f', '{}'],
      ['g', '{}'],
    ],
  ],
  [
    'equal ids',
    [[callOf('f', '{"a":1}', { id: 'a' }), callOf('f', '{"a":2}', { id: 'a' })]],
    [
      ['f', '{"a":1}'],
      ['f', '{"a":2}'],
    ],
  ],
  [
    'empty ids',
    [[callOf('f', '{"a":1}', { id: '' }), callOf('g', '{}', { id: '' })]],
    [
      ['f', '{"a":1}'],
      ['g', '{}'],
    ],
  ],
  [
    'tools that take nothing',
    [[callOf('f', '', { index: 0 }), callOf('g', '', { index: 0 })]],
    [
      ['f', ''],
      ['g', ''],
    ],
  ],
  [
    'indices as texts',
    [
      [callOf('f', '{"a":', { index: '0' }), callOf('g', '{"b":', { index: '1' })],
      [more('1}', { index: '0' }), more('2}', { index: '1' })],
    ],
    [
      ['f', '{"a":1}'],
      ['g', '{"b":2}'],
    ],
  ],
  [
    'indices from 1 on, mixed',
    [
      [callOf('f', '', { index: 1, id: 'a' }), callOf('g', '', { index: 2, id: 'b' })],
      [more('{"b":2}', { index: 2 })],
      [more('{"a":1}', { index: 1 })],
    ],
    [
      ['f', '{"a":1}'],
      ['g', '{"b":2}'],
    ],
  ],
  [
    'the name with every piece',
    [[callOf('f', '{"a":', { index: 0 })], [callOf('f', '1}', { index: 0 })]],
    [['f', '{"a":1}']],
  ],
  [
    'the name with every piece, and no index',
    [[callOf('f', '{"a":')], [callOf('f', '1}')]],
    [['f', '{"a":1}']],
  ],
  [
    'id and name with every piece',
    [[callOf('f', '{"a":', { id: 'a' })], [callOf('f', '1}', { id: 'a' })]],
    [['f', '{"a":1}']],
  ],
  [
    'an id of its own with every piece',
    [
      [callOf('f', '', { index: 0, id: 'a' })],
      [more('{"a":', { index: 0, id: 'b' })],
      [more('1}', { index: 0, id: 'c' })],
    ],
    [['f', '{"a":1}']],
  ],
  [
    'an id of its own with every piece, and no index',
    [[callOf('f', '', { id: 'a' })], [more('{"a":', { id: 'b' })], [more('1}', { id: 'c' })]],
    [['f', '{"a":1}']],
  ],
  [
    'an index of its own with every piece',
    [[callOf('f', '', { index: 0, id: 'a' })], [more('{"a":', { index: 1 })], [more('1}', { index: 2 })]],
    [['f', '{"a":1}']],
  ],
  ['arguments as an object', [[callOf('f', { a: 1 }, { index: 0 })]], [['f', '{"a":1}']]],
  ['arguments of null', [[callOf('f', null, { index: 0 })]], [['f', '']]],
  ['members beside the id', [[{ id: 'a', name: 'f', arguments: '{"a":1}' }]], [['f', '{"a":1}']]],
  ['one call in the place of the list', [callOf('f', '{"a":1}')], [['f', '{"a":1}']]],
  ['items that are none', [[null, 7, {}, callOf('f', '{"a":1}')]], [['f', '{"a":1}']]],
];

const callsOf = (calls: readonly ProviderToolCall[]) => calls.map((call) => [call.name, call.arguments]);

describe.each(WAYS)('calls of tools, asked %s,', (_way, isStreamed) => {
  it.each(CALLS)('with %s stay apart in a stream', async (_what, deltas, calls) => {
    const chunks = deltas.map((tool_calls) => chunk({ tool_calls }));
    odd.answersWith(eventsOf(...chunks, chunk({}, 'tool_calls'), DONE), EVENT_STREAM);
    const { toolCalls, finishReason } = await odd.ask('compatible', isStreamed);
    expect(callsOf(toolCalls)).toEqual(calls);
    expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(calls.length);
    expect(finishReason).toBe('tool_calls');
  });

  it.each(CALLS.filter(([, deltas]) => deltas.length === 1))(
    'with %s stay apart in a document',
    async (_what, deltas, calls) => {
      odd.answersWith(completion({ content: null, tool_calls: deltas[0] }, 'tool_calls'), DOCUMENT);
      const { toolCalls } = await odd.ask('openai', isStreamed);
      expect(callsOf(toolCalls)).toEqual(calls);
      expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(calls.length);
    },
  );

  it('are read in OpenAI’s former form, which had one', async () => {
    const pieces = [
      chunk({ function_call: { name: 'f', arguments: '' } }),
      chunk({ function_call: { arguments: '{"a":1}' } }),
    ];
    odd.answersWith(eventsOf(...pieces, chunk({}, 'function_call'), DONE), EVENT_STREAM);
    const { toolCalls, finishReason } = await odd.ask('compatible', isStreamed);
    expect([callsOf(toolCalls), finishReason]).toEqual([[['f', '{"a":1}']], 'tool_calls']);
  });

  it('of Anthropic stay apart under one index', async () => {
    const call = (id: string, name: string) => blockStart({ type: 'tool_use', id, name, input: {} });
    const piece = (text: string) => blockDelta({ type: 'input_json_delta', partial_json: text });
    const events = [MESSAGE_START, call('a', 'f'), piece('{"a":1}'), call('b', 'g'), piece('{"b":2}')];
    odd.answersWith(eventsOf(...events, messageDelta('tool_use'), MESSAGE_STOP), EVENT_STREAM);
    expect(callsOf((await odd.ask('anthropic', isStreamed)).toolCalls)).toEqual([
      ['f', '{"a":1}'],
      ['g', '{"b":2}'],
    ]);
  });

  it.each<[Vendor, string]>([
    [
      'anthropic',
      message(
        [
          { type: 'tool_use', name: 'f', input: '{"a":1}' },
          { type: 'tool_use', name: 'f', input: { b: 2 } },
        ],
        'tool_use',
      ),
    ],
    [
      'google',
      JSON.stringify(
        contents(
          [{ functionCall: { name: 'f', args: '{"a":1}' } }, { functionCall: { name: 'f', args: { b: 2 } } }],
          'STOP',
        ),
      ),
    ],
  ])('of %s stay apart without ids, with arguments in either form', async (vendor, body) => {
    odd.answersWith(body, DOCUMENT);
    const { toolCalls, finishReason } = await odd.ask(vendor, isStreamed);
    expect(callsOf(toolCalls)).toEqual([
      ['f', '{"a":1}'],
      ['f', '{"b":2}'],
    ]);
    expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(2);
    expect(finishReason).toBe('tool_calls');
  });
});
