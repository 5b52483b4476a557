import { readFileSync } from 'node:fs';
import type { Behaviour, ReceivedRequest } from '../../fakes/vendors/openai-server.js';
import type { ApiBody, ApiResponse } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { ECHO, expectProblem, getExecution, OPENAI, putPrompt, type Stage, startStage } from '../stage.js';

const RUN = '/v1/executions:run';
const SIZE_BYTES = 100 * 1024 ** 2;
const MOST_MEMORY_BYTES = 400 * 1024 ** 2;
const DEADLINE_MS = 1500;
/** The default number of executions that one process works on at once. */
const AT_ONCE = 16;

let stage: Stage;

beforeAll(async () => {
  // The circuit breaker is off, because it would stop calls to a provider that does nothing but fail.
  stage = await startStage({ CIRCUIT_FAILURES: '0' });
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const body = { prompt_name: 'greeting', variables: { name: 'Ada' } };
const run = (more: ApiBody): Promise<ApiResponse<ApiBody>> => stage.admin.post(RUN, { ...body, ...more });

async function expectFailed(answer: ApiResponse<ApiBody>, errorType: string): Promise<void> {
  const execution = await getExecution(stage.admin, String(answer.body['execution_id']));
  expect(execution).toMatchObject({ status: 'failed', error_type: errorType });
  const message = String(execution['error_message']);
  // A clear sentence, without anything of the answer.
  expect(message).toMatch(/^The .+\.$/);
  expect(message).not.toMatch(/xxx|Sorry/);
}

/** Returns the peak memory of the process. */
function peakMemoryBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

function hangUps(requests: readonly ReceivedRequest[]): number {
  return requests.filter(({ outcome }) => outcome === 'abandoned').length;
}

describe('an answer of 100 MB', () => {
  it.each(['deltas', 'line', 'json', 'error'] as const)(
    'in the form of %s is cut off while others are served, in bounded memory',
    async (of) => {
      stage.openai.behave({ kind: 'flood', of, sizeBytes: SIZE_BYTES });
      const floods = Array.from({ length: AT_ONCE }, () => run({ model: OPENAI, timeout_ms: 50_000 }));
      await eventually(() => stage.openai.requests.length > 0);
      expect((await run({ model: ECHO })).status).toBe(200);
      for (const answer of await Promise.all(floods)) {
        expectProblem(answer, 502, 'PROVIDER_FAILED');
        await expectFailed(answer, 'provider_error');
      }
      await eventually(() => hangUps(stage.openai.requests) === stage.openai.requests.length);
      expect(peakMemoryBytes(stage.ledger.pid)).toBeLessThan(MOST_MEMORY_BYTES);
    },
  );
});

describe('a provider that takes its time', () => {
  it.each<[string, Behaviour]>([
    ['drips a byte a second', { kind: 'drip', byteDelayMs: 1000 }],
    ['drips bytes quickly', { kind: 'drip', byteDelayMs: 20 }],
    ['sends headers and hangs', { kind: 'hang', at: 'headers' }],
  ])('and %s is left at the deadline, and the others are served', async (_what, behaviour) => {
    stage.openai.behave(behaviour);
    const slow = run({ model: OPENAI, timeout_ms: DEADLINE_MS });
    await eventually(() => stage.openai.requests.length > 0);
    expect((await run({ model: ECHO })).status).toBe(200);
    const answer = await slow;
    expectProblem(answer, 504, 'PROVIDER_TIMEOUT');
    await expectFailed(answer, 'timeout');
    await eventually(() => hangUps(stage.openai.requests) === 1);
    const { attempts } = await getExecution(stage.admin, String(answer.body['execution_id']));
    expect(attempts).toHaveLength(1);
    expect(attempts[0]?.['latency_ms']).toBeLessThanOrEqual(DEADLINE_MS + 1000);
  });
});

it.each([true, false])('a connection that is closed half-way (politely: %s) has failed', async (politely) => {
  stage.openai.behave({ kind: 'cut', at: 'body', politely });
  const answer = await run({ model: OPENAI });
  expectProblem(answer, 502, 'PROVIDER_FAILED');
  await expectFailed(answer, 'connection');
});
