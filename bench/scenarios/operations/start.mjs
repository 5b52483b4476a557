import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isHealthy } from '../../lib/servers/ledger.mjs';
import { readRssMib } from '../../lib/report/machine.mjs';
import { inProject } from '../../lib/project.mjs';
import { median } from '../../lib/report/rounds.mjs';
import { atMost, row } from '../../lib/report/rows.mjs';
import { freePort, startService } from '../../lib/servers/service-process.mjs';

const SCENARIO = 'npm start';
const POLL_MS = 10;

/** Measures `npm start` to `/health`, in a new data folder and again in the same one, and the memory of the idle service. */
export async function measureStart(bench) {
  if (existsSync(inProject('.env'))) {
    return {
      results: [],
      notes: ['The start was not measured: `npm start` would read the `.env` of this folder.'],
    };
  }
  return bench.scope.within(async (scope) => {
    const rounds = [];
    for (let round = 1; round <= bench.options.rounds; round++) {
      bench.progress(`${SCENARIO}, round ${round}`);
      const tempDir = await mkdtemp(path.join(bench.tempDir, 'start-'));
      const cold = await startAndStop(scope, tempDir, 0);
      const warm = await startAndStop(scope, tempDir, bench.options.idleSeconds);
      rounds.push({ coldMs: cold.startedInMs, warmMs: warm.startedInMs, idleRssMib: warm.rssMib });
      await rm(tempDir, { recursive: true });
    }
    return {
      results: [{ scenario: SCENARIO, rounds, rows: toRows(rounds) }],
      notes: [
        'Starts are measured with dependencies installed and `dist` built; cold means an empty data folder.',
      ],
    };
  });
}

async function startAndStop(scope, tempDir, idleSeconds) {
  return scope.within(async (inner) => {
    const port = await freePort();
    const npm = await startNpm(inner, tempDir, port);
    const pid = await findService(npm.pid);
    // Stops the child instead of npm, because it depends on npm's version which signals it passes on.
    await inner.defer(() => stopAndWait(pid));
    await sleep(idleSeconds * 1000);
    return { startedInMs: npm.startedInMs, rssMib: await readRssMib(pid) };
  });
}

function startNpm(scope, tempDir, port) {
  const npmScript = process.env.npm_execpath;
  const [program, ...args] = npmScript === undefined ? ['npm'] : [process.execPath, npmScript];
  return startService(scope, {
    name: 'npm-start',
    program,
    args: [...args, '--prefix', inProject(), 'start'],
    env: { HOME: tempDir, PORT: String(port), PROMPT_LEDGER_HOME: path.join(tempDir, 'home') },
    cwd: tempDir,
    isReady: () => isHealthy(`http://127.0.0.1:${port}/health`),
    pollMs: POLL_MS,
  });
}

/** Finds the service itself below npm, and below npm's shell where that remains. */
async function findService(pid) {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  for (const child of children.split(' ').filter(Boolean).map(Number)) {
    const found = await findService(child);
    if (found !== null) return found;
    const command = (await readFile(`/proc/${child}/cmdline`, 'utf8')).split('\0');
    if (command.some((argument) => argument.endsWith('scripts/start.mjs'))) return child;
  }
  return null;
}

async function stopAndWait(pid) {
  if (pid === null) return;
  process.kill(pid, 'SIGTERM');
  while (existsSync(`/proc/${pid}`)) await sleep(POLL_MS);
}

function toRows(rounds) {
  const figures = [
    { figure: 'cold, to /health', unit: 'ms', of: ({ coldMs }) => coldMs },
    { figure: 'warm, to /health', unit: 'ms', of: ({ warmMs }) => warmMs, goal: atMost(2_000, 'ms') },
    {
      figure: 'idle memory (RSS)',
      unit: 'MiB',
      of: ({ idleRssMib }) => idleRssMib,
      goal: atMost(130, 'MiB'),
    },
  ];
  return figures.map(({ of, ...what }) =>
    row({ scenario: SCENARIO, ...what }, { value: median(rounds.map(of)), peerValue: null, ratio: null }),
  );
}
