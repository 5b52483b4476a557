/* global document -- of the page */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { chromium } from 'playwright-core';
import findChromiumModule from '../../../test/support/servers/find-chromium.cjs';
import { fillExecutions } from '../../lib/work/fill-executions.mjs';
import { startLedger } from '../../lib/servers/ledger.mjs';
import { compare } from '../../lib/report/rounds.mjs';
import { atMost, row } from '../../lib/report/rows.mjs';
import { traceTasks } from '../../lib/profile/trace-tasks.mjs';

const EXECUTIONS = 100_000;
const PROMPTS = 5_000;
const LARGE_CHARS = 200_000;
const LARGE_PROMPT = 'large';
const WEEKS = 4;
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage'];
const VIEWPORT = { width: 1440, height: 860 };
/** Some fifty rows a turn, which is faster than anybody reads. */
const WHEEL_PX = 2_000;
const TURN_MS = 50;
/** A busy machine scrolls through fewer rows, and the result says so. */
const MOST_SCROLL_MS = 90_000;
/** More turns than the prompt is high. */
const EDITOR_TURNS = 60;
/** The page compiles, previews and compares after the last key. */
const SETTLE_MS = 1_000;
const TYPED = 'Answer in one sentence, and name the order. '.repeat(2);
const FIGURES = {
  rows: { figure: 'rows that were read', unit: '' },
  longestMs: { figure: 'longest task', unit: 'ms', goal: atMost(50, 'ms') },
  longestCpuMs: {
    figure: 'longest task, by the processor time of its thread',
    unit: 'ms',
    goal: atMost(50, 'ms'),
  },
  nodes: { figure: 'elements in the page', unit: '' },
  heapAfter: { figure: 'heap at the end', unit: 'MiB' },
  heapBefore: { figure: 'heap at the beginning', unit: 'MiB' },
};

/** Measures whether the dashboard stays smooth with a hundred thousand executions, five thousand prompts and a prompt of 200 kB. */
export async function measureDashboard(bench) {
  return bench.scope.within(async (scope) => {
    const { options, progress } = bench;
    const ledger = await startFilled(scope, bench);
    const page = await openBrowser(scope, ledger);
    const measured = [
      [
        `the list of ${EXECUTIONS.toLocaleString('en-US')} executions, scrolled to its end`,
        measureList,
        '/executions',
        EXECUTIONS,
      ],
      [
        `the list of ${PROMPTS.toLocaleString('en-US')} prompts, scrolled to its end`,
        measureList,
        '/prompts',
        PROMPTS,
      ],
      [`a prompt of ${LARGE_CHARS / 1000} kB, scrolled to its end`, scrollEditor],
      [`a prompt of ${LARGE_CHARS / 1000} kB, while somebody types`, typeIntoEditor],
    ];
    const results = [];
    for (const [scenario, measure, ...what] of measured) {
      const rounds = [];
      for (let round = 1; round <= options.rounds; round += 1) {
        progress(`${scenario}, round ${round} of ${options.rounds}`);
        rounds.push(await measure(page, ledger, ...what));
      }
      results.push({ scenario, rows: rowsOfRounds(scenario, rounds) });
    }
    return {
      results,
      notes: [
        'The longest task is that of the main thread of the page; every figure is the median of its rounds.',
      ],
    };
  });
}

function rowsOfRounds(scenario, rounds) {
  return Object.entries(FIGURES)
    .filter(([name]) => rounds[0][name] !== undefined)
    .map(([name, { figure, unit, goal }]) =>
      row(
        { scenario, figure, unit, goal },
        compare(rounds, (round) => round[name]),
      ),
    );
}

async function startFilled(scope, bench) {
  const database = await bench.postgres.createDatabase(scope, 'dashboard');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await scope.defer(() => client.end());
  await fillExecutions(client, { executions: EXECUTIONS, weeks: WEEKS });
  await client.query(
    `INSERT INTO prompts (project_id, name, mode, kind)
     SELECT project_id, 'many-' || n, 'full', 'text' FROM projects, generate_series(1, $1::integer) AS n WHERE projects.name = 'default'`,
    [PROMPTS],
  );
  await client.query('VACUUM (ANALYZE)');
  const ledger = await startLedger(scope, { tempDir: bench.tempDir, env: { DATABASE_URL: database.url } });
  const line = 'Answer the question of {{name}} about order {{order.id}} kindly.\n';
  await ledger.call('PUT', `/v1/prompts/${LARGE_PROMPT}`, {
    template_source: line.repeat(Math.ceil(LARGE_CHARS / line.length)).slice(0, LARGE_CHARS - 1) + '.',
    set_active: true,
  });
  return ledger;
}

async function openBrowser(scope, ledger) {
  const executablePath = findChromiumModule.findChromium();
  if (executablePath === null)
    throw new Error('The scenario dashboard needs Chromium: install it, or set CHROMIUM_PATH.');
  const browser = await chromium.launch({ executablePath, args: ARGS });
  await scope.defer(() => browser.close());
  const page = await (await browser.newContext({ viewport: VIEWPORT })).newPage();
  await page.goto(`${ledger.url}/app/prompts`);
  await page.getByLabel('API key').fill(ledger.headers['x-api-key']);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  return page;
}

/** Scrolls as fast as the pages arrive. Tasks of the first paint do not count, because nobody scrolls yet. */
async function measureList(page, ledger, path, rows) {
  await page.goto(`${ledger.url}/app${path}`);
  const table = page.getByRole('table').first();
  await table.getByRole('row').nth(10).waitFor();
  const heapBefore = await heapMib(page);
  await table.hover();
  let seen = 0;
  const longest = await traceTasks(page, async () => {
    const beganAtMs = performance.now();
    while (seen < rows && performance.now() - beganAtMs < MOST_SCROLL_MS) {
      await page.mouse.wheel(0, WHEEL_PX);
      await sleep(TURN_MS);
      seen = Number(await table.getAttribute('aria-rowcount')) - 1;
    }
  });
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  return { rows: seen, ...longest, nodes, heapAfter: await heapMib(page), heapBefore };
}

async function scrollEditor(page, ledger) {
  const editor = await openEditor(page, ledger);
  const longest = await traceTasks(page, async () => {
    await editor.hover();
    for (let turn = 0; turn < EDITOR_TURNS; turn += 1) {
      await page.mouse.wheel(0, WHEEL_PX);
      await sleep(TURN_MS);
    }
  });
  return { ...longest, heapAfter: await heapMib(page) };
}

async function typeIntoEditor(page, ledger) {
  const editor = await openEditor(page, ledger);
  await editor.click();
  const longest = await traceTasks(page, async () => {
    await page.keyboard.type(TYPED, { delay: TURN_MS });
    await sleep(SETTLE_MS);
  });
  // The draft survives the page, and the next round must begin from the version.
  await page.getByRole('button', { name: 'Discard the draft' }).click();
  return { ...longest, heapAfter: await heapMib(page) };
}

async function openEditor(page, ledger) {
  await page.goto(`${ledger.url}/app/prompts/${LARGE_PROMPT}`);
  const editor = page.locator('.cm-content').first();
  await editor.waitFor();
  await page.waitForLoadState('networkidle');
  await sleep(SETTLE_MS);
  return editor;
}

/** Measures the heap after a garbage collection. */
async function heapMib(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1024 ** 2;
}
