import { complete, type Completion, type CompletionObserver } from '../calls/complete.js';
import type { ModelProvider } from '../provider.contract.js';

/** The fake vendor, which replays a file of `test/fixtures/providers/<id>/`. */
export interface RecordedHarness {
  start(): Promise<void>;
  stop(): Promise<void>;
  provider(): ModelProvider;
  readonly modelName: string;
  /**
   * Sends the file's answer in packets of this many bytes, which split characters; null for as many as fit. A request for a whole answer
   * gets the same as a document, or still the events if `alwaysStreams` is set.
   */
  replay(file: string, packetBytes: number | null, alwaysStreams: boolean): void;
}

interface Expected {
  readonly text: string;
  readonly finishReason: string;
  /** The names, and the arguments as JSON, because not every vendor sends them as a string. */
  readonly calls: readonly (readonly [string, unknown])[];
}

const LIMITS = { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 512_000 };

/** The same answers, each in its vendor's own form. */
const RECORDED: readonly (readonly [string, Expected])[] = [
  [
    'tool-call.stream.txt',
    { text: '', finishReason: 'tool_calls', calls: [['get_weather', { location: 'Zürich' }]] },
  ],
  [
    'parallel-tool-calls.stream.txt',
    {
      text: '',
      finishReason: 'tool_calls',
      calls: [
        ['get_weather', { location: 'Paris' }],
        ['get_weather', { location: 'Bogotá' }],
      ],
    },
  ],
  ['no-tool-call.stream.txt', { text: 'Hello, how can I help?', finishReason: 'stop', calls: [] }],
  ['json-schema.stream.txt', { text: '{"city":"Paris","celsius":14}', finishReason: 'stop', calls: [] }],
  ['empty.stream.txt', { text: '', finishReason: 'stop', calls: [] }],
  // Deltas split escaped characters, and packets split the others.
  ['split-characters.stream.txt', { text: 'Grüße 👋🏽, 李雷!', finishReason: 'stop', calls: [] }],
];

/** Replays a vendor's recorded files through its adapter, both ways. The observer must see the same as the completion. */
export function describeRecordedAnswers(name: string, harness: RecordedHarness): void {
  describe(`recorded answers of ${name}`, () => {
    beforeAll(() => harness.start());
    afterAll(() => harness.stop());

    const cases = RECORDED.flatMap(([file, expected]) => [
      [file, 'at once', null, expected] as const,
      [file, 'in packets of three bytes', 3, expected] as const,
    ]);

    it.each(cases)('are read from %s %s', async (file, _how, packetBytes, expected) => {
      harness.replay(file, packetBytes, true);
      const { completion, text, argumentsByIndex } = await observed(harness);
      const { toolCalls } = completion;
      expectAnswer(completion, expected);
      expect(text).toBe(completion.text);
      expect(argumentsByIndex).toEqual(toolCalls.map((call) => call.arguments));
    });

    it.each(cases)('are read as a whole from %s %s', async (file, _how, packetBytes, expected) => {
      harness.replay(file, null, true);
      const { completion: streamed } = await observed(harness);
      for (const alwaysStreams of [false, true]) {
        harness.replay(file, packetBytes, alwaysStreams);
        const whole = await ask(harness);
        expectAnswer(whole, expected);
        expect(comparable(whole)).toEqual(comparable(streamed));
        expect(whole.firstTokenMs).toBeNull();
      }
    });
  });
}

function expectAnswer(completion: Completion, expected: Expected): void {
  const { toolCalls } = completion;
  expect(completion).toMatchObject({ text: expected.text, finishReason: expected.finishReason });
  expect(toolCalls.map((call) => [call.name, JSON.parse(call.arguments) as unknown])).toEqual(expected.calls);
  expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(expected.calls.length);
}

/** Drops what belongs to one call, and compares arguments as JSON, because a vendor that sends an object serialises it again. */
function comparable(completion: Completion): unknown {
  const { latencyMs, firstTokenMs, providerRequestId, toolCalls, ...same } = completion;
  expect([latencyMs >= 0, firstTokenMs === undefined, providerRequestId === undefined]).toEqual([
    true,
    false,
    false,
  ]);
  const calls = toolCalls.map((call) => ({ ...call, arguments: JSON.parse(call.arguments) as unknown }));
  return { ...same, calls };
}

function ask(harness: RecordedHarness, onEvent?: CompletionObserver): Promise<Completion> {
  return complete(
    harness.provider(),
    {
      modelName: harness.modelName,
      messages: [{ role: 'user', content: 'What is the weather like?' }],
      params: {},
      tools: [{ name: 'get_weather', parameters: { type: 'object', properties: {} } }],
      attemptId: 'attempt-1',
    },
    LIMITS,
    onEvent,
  );
}

async function observed(
  harness: RecordedHarness,
): Promise<{ completion: Completion; text: string; argumentsByIndex: string[] }> {
  let text = '';
  const argumentsByIndex: string[] = [];
  const completion = await ask(harness, (event) => {
    if (event.type === 'delta') text += event.text;
    else argumentsByIndex[event.index] = (argumentsByIndex[event.index] ?? '') + event.arguments;
  });
  return { completion, text, argumentsByIndex };
}
