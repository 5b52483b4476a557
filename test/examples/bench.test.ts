import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '../..');
const run = promisify(execFile);
/** The test starts two servers and five processes of the service, one after the other. */
const LONGEST_MS = 240_000;

interface Results {
  readonly rows: readonly { readonly scenario: string; readonly value: number | null }[];
  readonly notes: readonly string[];
}

let folder: string;

/** Checks only that the figures exist, because no test can judge how high they are. */
describe('the benchmark', () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ledger-bench-test-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it(
    'measures runs, the queue and lists, and finds every answered run after SIGKILL',
    async () => {
      const out = path.join(folder, 'results.json');

      await bench('--smoke', '--only', 'run,queue,lists', '--out', out);

      const text = await readFile(out, 'utf8');
      const { rows, notes } = JSON.parse(text) as Results;
      expect(new Set(rows.map(({ scenario }) => scenario))).toEqual(
        new Set([
          ':run, 1 connection',
          ':run, 16 connections',
          ':run, 64 connections',
          'memory of the process (RSS)',
          ':run, 300/s open loop, provider 20 ms',
          ':run, 600/s open loop, provider 20 ms',
          '100 queued',
          '100 queued, 200 dead rows under an old snapshot',
          'the first page of 500 executions',
          'a page in the middle of 500 executions',
          'the first page of a day in the middle of 500 executions',
        ]),
      );
      expect(rows.filter(({ value }) => value === null)).toEqual([]);
      expect(notes.join('\n')).toMatch(/All \d+ answered runs are in Postgres .* after SIGKILL/);
      // The output of a run is published.
      expect(text).not.toContain(ROOT);
      expect(text).not.toContain(folder);
    },
    LONGEST_MS,
  );

  it('lists its scenarios, each of which can be loaded', async () => {
    const { stdout } = await bench('--help');

    const names = /--only <names> +of (\S+)/.exec(stdout)?.[1]?.split(',') ?? [];
    expect(names).toContain('run-features');
    const script = `
      const { loadScenario } = await import(${JSON.stringify(path.join(ROOT, 'bench/lib/bench.mjs'))});
      for (const name of ${JSON.stringify(names)}) console.log(typeof (await loadScenario(name)));`;
    const loaded = await run(process.execPath, ['--input-type=module', '--eval', script]);
    expect(loaded.stdout.trim().split('\n')).toEqual(names.map(() => 'function'));
  });

  it('says where the time of a profile went, without the time in which nothing ran', async () => {
    const profile = path.join(folder, 'run.cpuprofile');
    await writeFile(profile, JSON.stringify(PROFILE));

    const { stdout } = await run(process.execPath, [
      path.join(ROOT, 'bench/lib/profile/summarize-profile.mjs'),
      profile,
    ]);

    expect(stdout).toBe(
      [
        'busy 0.01 s, idle 0.03 s',
        '',
        'By folder of src, with all that it called:',
        '100.0 %  src/modules/executions',
        '',
        'By package or folder:',
        ' 75.0 %  pg',
        ' 25.0 %  src/modules/executions',
        '',
        'By function:',
        ' 75.0 %  parse  node_modules/pg/lib/query.js:8',
        ' 25.0 %  run  src/modules/executions/run.service.js:3',
        '',
      ].join('\n'),
    );
  });
});

/** Uses its own servers, so that the log of one can be read and the other killed. */
async function bench(...args: string[]): Promise<{ stdout: string }> {
  const env = { ...process.env };
  delete env['TEST_DATABASE_URL'];
  delete env['TEST_REDIS_URL'];
  // When it is told to stop, it stops its servers too.
  return run(process.execPath, [path.join(ROOT, 'bench/run.mjs'), ...args], {
    env,
    timeout: LONGEST_MS - 20_000,
  });
}

const PROFILE = {
  nodes: [
    { id: 1, callFrame: { functionName: '(idle)', url: '', lineNumber: -1 } },
    {
      id: 2,
      callFrame: {
        functionName: 'run',
        url: 'file:///a/dist/src/modules/executions/run.service.js',
        lineNumber: 2,
      },
      children: [3],
    },
    {
      id: 3,
      callFrame: { functionName: 'parse', url: 'file:///a/node_modules/pg/lib/query.js', lineNumber: 7 },
    },
  ],
  samples: [1, 3, 2, 1],
  timeDeltas: [0, 30_000, 6_000, 2_000],
};
