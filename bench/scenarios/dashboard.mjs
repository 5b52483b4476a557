/* global document, PerformanceObserver, window -- of the page */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { chromium } from 'playwright-core';
import findChromiumModule from '../../test/support/servers/find-chromium.cjs';
import { fillExecutions } from '../lib/fill-executions.mjs';
import { startLedger } from '../lib/ledger.mjs';
import { atMost, row } from '../lib/rows.mjs';

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
const MOST_SCROLL_MS = 180_000;
/** More than the prompt is high. */
const EDITOR_TURNS = 60;
/** The page compiles, previews and compares after the last key. */
const SETTLE_MS = 1_000;
const TYPED = 'Answer in one sentence, and name the order. '.repeat(2);
const LONGEST = { name: 'longest task over 50 ms; 0 is none', goal: atMost(50, 'ms') };

/** Whether the dashboard stays smooth with a hundred thousand executions, five thousand prompts and a prompt of 200 kB. */
export async function measureDashboard(bench) {
  return bench.scope.within(async (scope) => {
    const { progress } = bench;
    const ledger = await startFilled(scope, bench);
    const page = await openBrowser(scope, ledger);
    const results = [];
    for (const [name, path, rows] of [
      [`the list of ${EXECUTIONS.toLocaleString('en-US')} executions`, '/executions', EXECUTIONS],
      [`the list of ${PROMPTS.toLocaleString('en-US')} prompts`, '/prompts', PROMPTS],
    ]) {
      progress(`${name}, scrolled to its end`);
      results.push(await measureList(page, ledger, `${name}, scrolled to its end`, path, rows));
    }
    const scenario = `a prompt of ${LARGE_CHARS / 1000} kB, scrolled to its end`;
    progress(scenario);
    results.push(await measureEditor(page, ledger, scenario));
    return { results, notes: ['Tasks are those that Chromium reports as long: over 50 ms.'] };
  });
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
  await page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: 'longtask' });
  });
  await page.goto(`${ledger.url}/app/prompts`);
  await page.getByLabel('API key').fill(ledger.headers['x-api-key']);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  return page;
}

/** Scrolls as fast as the pages come. The tasks of the first paint are not counted: nobody scrolls yet. */
async function measureList(page, ledger, scenario, path, rows) {
  await page.goto(`${ledger.url}/app${path}`);
  const table = page.getByRole('table').first();
  await table.getByRole('row').nth(10).waitFor();
  const heapBefore = await heapMib(page);
  await forgetTasks(page);
  await table.hover();
  const beganAtMs = performance.now();
  let seen = 0;
  while (seen < rows && performance.now() - beganAtMs < MOST_SCROLL_MS) {
    await page.mouse.wheel(0, WHEEL_PX);
    await sleep(TURN_MS);
    seen = Number(await table.getAttribute('aria-rowcount')) - 1;
  }
  const longest = await longestTask(page);
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  const heapAfter = await heapMib(page);
  const rowsInAll = [
    figure(scenario, 'rows that were read', '', seen),
    figure(scenario, LONGEST.name, 'ms', longest, LONGEST.goal),
    figure(scenario, 'elements in the page', '', nodes),
    figure(scenario, 'heap at the end', 'MiB', heapAfter),
    figure(scenario, 'heap at the beginning', 'MiB', heapBefore),
  ];
  return { scenario, rows: rowsInAll };
}

async function measureEditor(page, ledger, scenario) {
  await page.goto(`${ledger.url}/app/prompts/${LARGE_PROMPT}`);
  const editor = page.locator('.cm-content').first();
  await editor.waitFor();
  await page.waitForLoadState('networkidle');
  await forgetTasks(page);
  await editor.hover();
  for (let turn = 0; turn < EDITOR_TURNS; turn += 1) {
    await page.mouse.wheel(0, WHEEL_PX);
    await sleep(TURN_MS);
  }
  const scrolled = await longestTask(page);
  await forgetTasks(page);
  await editor.click();
  await page.keyboard.type(TYPED, { delay: TURN_MS });
  await sleep(SETTLE_MS);
  return {
    scenario,
    rows: [
      figure(scenario, LONGEST.name, 'ms', scrolled, LONGEST.goal),
      figure(scenario, 'longest task while somebody types', 'ms', await longestTask(page)),
      figure(scenario, 'heap at the end', 'MiB', await heapMib(page)),
    ],
  };
}

function figure(scenario, name, unit, value, goal) {
  return row({ scenario, figure: name, unit, goal }, { value, peerValue: null, ratio: null });
}

async function forgetTasks(page) {
  await page.evaluate(() => {
    window.longTasks.length = 0;
  });
}

function longestTask(page) {
  return page.evaluate(() => Math.max(0, ...window.longTasks));
}

/** After a garbage collection. */
async function heapMib(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1024 ** 2;
}
