import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HOSTILE_TEMPLATES, HOSTILE_VALUES, listBodyRoutes } from './hostile-bodies.js';
import { LoopWatch } from './loop-watch.js';
import { rawRequest } from '../raw-request.js';
import { ADMIN_KEY, ECHO, putPrompt, startStage, type Stage } from '../stage.js';

/**
 * No request may block others for longer, including `/health/live`. Only the processor time of a turn counts,
 * and of several tries the shortest, because a busy machine makes turns longer and nothing makes them shorter.
 */
const MOST_TURN_MS = 50;
const TRIES = 5;
const AT_ONCE = 40;
const MIB = 1024 ** 2;
const BULK = /submit-batch|:record|register-code|migrate-to-full|prices:import/;

jest.setTimeout(600_000);

let stage: Stage;
let folder: string;
let watch: LoopWatch;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ledger-test-turns-'));
  const file = path.join(folder, 'loop');
  stage = await startStage(LoopWatch.settings(file));
  watch = new LoopWatch(stage.ledger.pid, file);
  await putPrompt(stage.admin, 'turns', '{{ x }}');
  await putPrompt(stage.admin, 'unused', 'no variables');
  for (const [name, [source]] of Object.entries(HOSTILE_TEMPLATES)) {
    await putPrompt(stage.admin, promptOf(name), source);
  }
});
afterAll(async () => {
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});

const promptOf = (name: string): string => name.replaceAll(' ', '-');

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

let requests = 0;

async function send({ method, path: route, body }: Sent): Promise<void> {
  requests += 1;
  const headers = {
    'x-api-key': ADMIN_KEY,
    'content-type': 'application/json',
    'idempotency-key': `turn ${requests}`,
  };
  const answer = await rawRequest(stage.ledger.url, {
    method,
    path: route,
    headers,
    body: Buffer.from(body, 'utf8'),
  });
  // Exceeding a bound must not cause an internal error.
  expect([500, 0]).not.toContain(answer.status);
}

/** @returns what took longer, with the milliseconds of its longest turn. */
async function findSlow(named: readonly (readonly [string, () => Promise<unknown>])[]): Promise<string[]> {
  const slow: string[] = [];
  for (const [name, work] of named) {
    let least = Infinity;
    for (let time = 0; time < TRIES && least > MOST_TURN_MS; time += 1) {
      least = Math.min(least, await watch.longestTurnMs(work));
    }
    if (least > MOST_TURN_MS) slow.push(`${name}: ${least.toFixed(0)} ms`);
  }
  return slow;
}

const run = (variables: string, prompt = 'unused'): Sent => ({
  method: 'POST',
  path: '/v1/executions:run',
  body: `{"prompt_name":"${prompt}","model":${JSON.stringify(ECHO)},"variables":{"x":${variables}}}`,
});

it.each(listBodyRoutes())('$method $path gives way, whatever its body', async (route) => {
  const bytes = (BULK.test(route.path) ? 16 : 1) * MIB - 1_000;
  const bodies = Object.entries(HOSTILE_VALUES).flatMap(([name, make]) => {
    const value = make(bytes);
    const members = route.members.map(
      (member) => [`${member} of ${name}`, `{"${member}":${value}}`] as const,
    );
    return [[name, value] as const, ...members];
  });
  expect(
    await findSlow(bodies.map(([name, body]) => [name, () => send({ ...route, body })] as const)),
  ).toEqual([]);
});

it('variables that are taken give way, with a key and in a batch too', async () => {
  const works = Object.entries(HOSTILE_VALUES).flatMap(([name, make]) => {
    const value = make(MIB - 1_000);
    const entry = `{"variables":{"x":${make(64 * 1024)}}}`;
    const batch = `{"prompt_name":"unused","model":${JSON.stringify(ECHO)},"entries":[${Array(20).fill(entry).join()}]}`;
    return [
      [`run with ${name}`, () => send(run(value))] as const,
      [`run that renders ${name}`, () => send(run(value, 'turns'))] as const,
      [
        `batch of ${name}`,
        () => send({ method: 'POST', path: '/v1/executions:submit-batch', body: batch }),
      ] as const,
    ];
  });
  expect(await findSlow(works)).toEqual([]);
});

it('templates that do as much work as they may give way', async () => {
  const works = Object.entries(HOSTILE_TEMPLATES).map(([name, [, x]]) => {
    const body = JSON.stringify({ variables: { x } });
    return [
      name,
      () => send({ method: 'POST', path: `/v1/prompts/${promptOf(name)}:render`, body }),
    ] as const;
  });
  expect(await findSlow(works)).toEqual([]);
});

it('forty at once do not add up', async () => {
  const together = (sent: Sent) => () => Promise.all(Array.from({ length: AT_ONCE }, () => send(sent)));
  const works = [
    ...['empty objects', 'towers of arrays', 'twenty thousand arrays', 'one string of emoji'].map(
      (name) => [`run with ${name}`, together(run(HOSTILE_VALUES[name]?.(MIB - 1_000) ?? ''))] as const,
    ),
    [
      'a template that escapes in a loop',
      together(run(JSON.stringify('<'.repeat(100_000)), promptOf('escape in a loop'))),
    ] as const,
    [
      'bodies just below the size that is read in steps',
      together(run(`"${'\\u00e9'.repeat(5_000)}"`)),
    ] as const,
  ];
  expect(await findSlow(works)).toEqual([]);
});
