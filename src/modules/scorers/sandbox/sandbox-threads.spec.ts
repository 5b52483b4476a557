import type { ScorableAnswer } from '../scorable-answer.js';
import { composeCodeInput } from '../scoring/compose-code-input.js';
import { SandboxThreads } from './sandbox-threads.js';
import { JobTimedOut } from './thread.js';

const ANSWER: ScorableAnswer = {
  executionId: '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10',
  variablesJson: '{"question":"2 + 2","n":1.50}',
  expectedJson: '"4"',
  responseText: 'It is 4',
  toolCalls: [{ id: '1', name: 'add', arguments: '{}' }],
  isMasked: false,
  telemetry: {
    latencyMs: 8,
    promptTokens: 3,
    responseTokens: null,
    costPicoUsd: '1500000000',
    finishReason: 'stop',
  },
};

describe('code in the sandbox', () => {
  let threads: SandboxThreads;
  beforeAll(() => {
    threads = new SandboxThreads();
  });
  afterAll(() => threads.onApplicationShutdown());

  const run = (source: string, answer = ANSWER) =>
    threads.run({ kind: 'code', source, inputJson: composeCodeInput(answer) });

  /** Resolves to the result of the code: a value, or the type of the error. */
  async function endOf(source: string): Promise<number | string> {
    const found = await run(source);
    return found.kind === 'error' ? found.type : found.value;
  }

  it('gets the answer and returns what it thinks of it', async () => {
    const source = `({ variables, expected, response_text, tool_calls, telemetry }) => ({
      value: response_text.includes(expected) ? 0.75 : 0,
      label: variables.question + '|' + tool_calls[0].name,
      explanation: JSON.stringify(telemetry),
    })`;
    expect(await run(source)).toEqual({
      kind: 'finding',
      value: 0.75,
      label: '2 + 2|add',
      explanation:
        '{"latency_ms":8,"prompt_tokens":3,"response_tokens":null,"cost_usd":"0.0015","finish_reason":"stop"}',
    });
    const { kind, value } = (await run('({ expected }) => ({ value: expected === undefined ? 1 : 0 })', {
      ...ANSWER,
      expectedJson: null,
    })) as { kind: string; value: number };
    expect([kind, value]).toEqual(['finding', 1]);
  });

  it.each([
    ['a function', 'function score() { return { value: 1 }; }'],
    ['a script that ends with one', 'const most = 1;\n({ response_text }) => ({ value: most });'],
    ['one with a comment behind it', '() => ({ value: 1 }) // that is all'],
    ['one that ends with a semicolon', '() => ({ value: 1 });'],
  ])('may be %s', async (_what, source) => {
    expect(await endOf(source)).toBe(1);
  });

  it.each([
    ['loops', '() => { for (;;) {} }'],
    ['loops in a getter of its result', '() => ({ get value() { for (;;) {} } })'],
    ['loops in a getter of what it throws', '() => { throw { get message() { for (;;) {} } } }'],
    ['loops before it is a function', 'for (;;) {}'],
    ['catches that it is ended', '() => { for (;;) { try { for (;;) {} } catch {} } }'],
    [
      'allocates a gigabyte in pieces',
      '() => { const all = []; for (;;) all.push(new Array(10000).fill(1)); }',
    ],
    [
      'allocates a gigabyte at once',
      '() => { const a = new Uint8Array(1024 ** 3); return { value: a.length }; }',
    ],
    [
      'makes texts without end',
      '() => { const all = []; for (;;) all.push("x".repeat(100000) + all.length); }',
    ],
    [
      'catches that there is no more memory, and passes',
      '() => { const all = []; try { for (;;) all.push(new Array(10000).fill(1)); } catch { all.length = 0; } return { value: 1 }; }',
    ],
    [
      'catches that a gigabyte is too much',
      '() => { try { new Uint8Array(1024 ** 3); } catch {} return { value: 1 }; }',
    ],
    [
      'fills the memory until there is none left for an error',
      '() => { let list = null; for (;;) list = { list, more: [list] }; }',
    ],
    ['calls itself without end', '() => { const f = () => f() + 1; return { value: f() }; }'],
    [
      'nests without end',
      '() => { let a = []; for (let i = 0; i < 200000; i += 1) a = [a]; return { value: JSON.stringify(a).length }; }',
    ],
  ])('is ended within its bounds when it %s', async (_what, source) => {
    expect(await endOf(source)).toBe('code_out_of_bounds');
  });

  it.each([
    ['process', '() => ({ value: process.pid })'],
    ['require', '() => ({ value: require("fs") ? 1 : 0 })'],
    ['a clock', '() => ({ value: Date.now() })'],
    ['a clock by its class', '() => ({ value: new Date().getTime() })'],
    ['chance', '() => ({ value: Math.random() })'],
    ['the network', '() => ({ value: fetch("http://127.0.0.1") ? 1 : 0 })'],
    ['timers', '() => ({ value: setTimeout(() => 0, 1) ? 1 : 0 })'],
    ['a module', '() => ({ value: import("node:fs") ? NaN : 0 })'],
    ['process by a constructor', '() => ({ value: [].constructor.constructor("return process")().pid })'],
    [
      'process by its own function',
      'function f() { return { value: f.constructor("return this")().process.pid }; }',
    ],
    ['no result', '() => undefined'],
    ['null', '() => null'],
    ['a number', '() => 1'],
    ['a value that is a text', '() => ({ value: "1" })'],
    ['a value that is no number', '() => ({ value: NaN })'],
    ['a value without end', '() => ({ value: 1 / 0 })'],
    ['a promise', 'async () => ({ value: 1 })'],
    ['something that is like a promise', '() => ({ value: 1, then() {} })'],
    ['a label that is none', '() => ({ value: 1, label: 1 })'],
    ['a label that is too long', '() => ({ value: 1, label: "x".repeat(101) })'],
    ['a text of a gigabyte', '() => ({ value: "x".repeat(1024 ** 3).length })'],
    ['what it throws', '() => { throw new Error("no") }'],
    ['an object that it throws', '() => { throw { message: { toString() { return "x" } } } }'],
    ['nothing, which it throws', '() => { throw undefined }'],
    ['a getter that throws', '() => ({ get value() { throw new Error("no") } })'],
    ['no function', '42'],
    ['nothing that is JavaScript', '(('],
    [
      'something that is bent',
      '() => { JSON.stringify = () => "[]"; Object.prototype.toJSON = () => 5; return { value: 1 }; }',
    ],
  ])('reaches nothing and is an error with %s', async (_what, source) => {
    expect(await endOf(source)).toBe('code_failed');
  });

  it('has most of its memory to itself', async () => {
    const source =
      '() => { const all = []; for (let i = 0; i < 30; i += 1) all.push(new Uint8Array(1024 ** 2)); return { value: all.length }; }';
    expect(await endOf(source)).toBe(30);
  });

  it('leaves nothing to the next one', async () => {
    await run(
      '() => { Object.prototype.value = 7; globalThis.kept = 1; Array.prototype.includes = () => true; return {}; }',
    );
    expect(
      await endOf('() => ({ value: typeof kept === "undefined" && ({}).value === undefined ? 1 : 0 })'),
    ).toBe(1);
    expect(await endOf('() => ({ value: "__proto__" in JSON.parse(\'{"__proto__":1}\') ? 1 : 0 })')).toBe(1);
  });

  it('gives the same verdict each time, and texts that can be stored', async () => {
    const source = '() => ({ value: -0, explanation: "a\\0b\\ud800" })';
    const first = await run(source);
    expect(first).toEqual({ kind: 'finding', value: 0, label: null, explanation: 'a�b�' });
    expect(await run(source)).toEqual(first);
    const long = await run('() => ({ value: 1, explanation: "x".repeat(10 * 1024 ** 2) })');
    expect((long as { explanation: string }).explanation).toHaveLength(10_000);
  });

  it('leaves the event loop to others while it loops', async () => {
    let turns = 0;
    const turn = () => {
      turns += 1;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    expect(await endOf('() => { for (;;) {} }')).toBe('code_out_of_bounds');
    clearImmediate(next);
    expect(turns).toBeGreaterThan(100);
  });

  it('holds nobody else up: a job that is wedged loses its thread, and the others go on', async () => {
    // The engine does not count within one native call, so only the time limit ends this.
    const wedged = run('() => ({ value: [1, 2].concat(Array(2 ** 30)).indexOf(3) })').catch(
      (error: unknown) => error,
    );
    const others = Promise.all(Array.from({ length: 20 }, () => endOf('() => ({ value: 1 })')));
    expect(new Set(await others)).toEqual(new Set([1]));
    const ended = await wedged;
    const isEnded = ended instanceof JobTimedOut || (ended as { kind: string }).kind === 'error';
    expect(isEnded).toBe(true);
    expect(await endOf('() => ({ value: 1 })')).toBe(1);
  });

  it('tells what is wrong with a definition', async () => {
    const inspect = (source: string) =>
      threads.run({ kind: 'inspect', definition: { kind: 'code', source, threshold: null } });
    expect(await inspect('() => ({ value: 1 })')).toBeNull();
    expect(await inspect('() => {')).toMatchObject({
      pointer: '/source',
      message: expect.stringContaining('SyntaxError'),
    });
    expect(await inspect('1')).toMatchObject({ message: 'The source is not a function.' });
    expect(await inspect('for (;;) {}')).toMatchObject({
      message: expect.stringContaining('too many instructions'),
    });
    const regex = (valueJson: string) =>
      threads.run({
        kind: 'inspect',
        definition: { kind: 'check', check: 'regex', valueJson, path: null, negate: false, threshold: null },
      });
    expect(await regex('"^a+$"')).toBeNull();
    expect(await regex('"(a"')).toMatchObject({ pointer: '/value' });
    expect(await regex('"(?=a)"')).toMatchObject({ pointer: '/value' });
  });
});
