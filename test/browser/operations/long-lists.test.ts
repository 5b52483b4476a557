import { ADMIN_KEY, ECHO, putPrompt, type Stage, startStage } from '../../e2e/stage.js';
import { Person } from '../person.js';

const ROWS = 6_000;
const PAGE = 100;
const MIB = 1024 ** 2;

let stage: Stage;
let person: Person;
/** The cursors of the pages that were read, in order; null for the first page. */
let reads: (string | null)[];

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'hello', 'Hello');
  await run('many');
  // Row 1 is the newest.
  await stage.sql(
    `INSERT INTO executions SELECT (jsonb_populate_record(e, jsonb_build_object(
       'execution_id', overlay(e.execution_id::text placing lpad(to_hex($1::integer - n), 12, '0') FROM 25),
       'correlation_id', 'row ' || n, 'environment', 'many'))).*
     FROM executions e, generate_series(1, $1::integer) AS n`,
    [ROWS],
  );
  await stage.sql(`DELETE FROM executions WHERE correlation_id = 'row 0'`);
});
afterAll(() => stage.close());
beforeEach(async () => {
  person = await Person.sitDown({ url: stage.ledger.url });
  reads = [];
  person.page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname === '/v1/executions') reads.push(url.searchParams.get('cursor'));
  });
});
afterEach(() => person.leave());

const run = (environment: string) =>
  stage.admin.post('/v1/executions:run', {
    prompt_name: 'hello',
    model: ECHO,
    environment,
    correlation_id: 'row 0',
  });
const region = () => person.page.getByRole('region', { name: 'Executions' });
/** Finds a row by its number, once it has content. */
const row = (number: number) =>
  region()
    .getByRole('row')
    .filter({ has: person.page.getByText(`row ${number}`, { exact: true }) });
const rowIndex = (number: number) => row(number).getAttribute('aria-rowindex');

/** Jumps to the end of the loaded rows again and again, which loads more. */
async function readOn(from: number, rows: number): Promise<void> {
  await region().focus();
  for (let shown = from; shown < rows; shown += PAGE) {
    await person.page.getByText(`${shown}+`, { exact: true }).waitFor();
    await person.page.keyboard.press('End');
  }
  await person.page.getByText(rows === ROWS ? String(ROWS) : `${rows}+`, { exact: true }).waitFor();
}

/** Drags the scroll bar until a row is at the top. */
const scrollTo = (number: number) =>
  region().evaluate((element, index) => {
    element.scrollTop = index * 38;
  }, number - 1);

/** Returns how far a row is below the upper edge of the list, in pixels. */
async function placeOf(number: number): Promise<number> {
  const [row_, list] = await Promise.all([row(number).boundingBox(), region().boundingBox()]);
  return row_!.y - list!.y;
}

async function heapBytes(): Promise<number> {
  const session = await person.page.context().newCDPSession(person.page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

describe('a list of thousands of rows', () => {
  it('takes no more memory the farther it is read, and reads what comes into sight again', async () => {
    await person.openAs(ADMIN_KEY, '/executions?environment=many');
    await readOn(PAGE, 500);
    const before = await heapBytes();
    await readOn(500, ROWS);
    await person.page.keyboard.press('End');
    await row(ROWS).waitFor();
    // All rows would take 2.6 MiB.
    expect((await heapBytes()) - before).toBeLessThan(MIB);
    expect(reads).toHaveLength(ROWS / PAGE);
    expect(new Set(reads).size).toBe(ROWS / PAGE);

    await scrollTo(3_050);
    await row(3_060).waitFor();
    expect(await rowIndex(3_060)).toBe('3061');
    const again = reads.slice(ROWS / PAGE);
    expect(again.length).toBeGreaterThan(0);
    expect(again.length).toBeLessThanOrEqual(4);
    expect(reads.slice(0, ROWS / PAGE)).toEqual(expect.arrayContaining(again));

    await region().focus();
    await person.page.keyboard.press('Home');
    await row(1).waitFor();
    await person.page.keyboard.press('ArrowDown');
    await person.page.keyboard.press('Enter');
    await person.page.waitForURL(/\/executions\/[0-9a-f-]{36}$/);
  });

  it('keeps the focus on a row that the keys lead to before it is there', async () => {
    await person.openAs(ADMIN_KEY, '/executions?environment=many');
    await readOn(PAGE, 1_000);
    await region().focus();
    await person.page.keyboard.press('Home');
    await row(1).waitFor();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await person.page.route(/\/v1\/executions\?.*cursor=/, async (route) => {
      await held;
      await route.continue();
    });
    await person.page.keyboard.press('End');
    const blank = region().locator('[role=row][aria-busy=true]');
    await blank.last().waitFor();
    await region().locator('[data-row="999"]:focus').waitFor();
    release();
    await blank.first().waitFor({ state: 'detached' });
    await row(1_000).locator(':scope:focus').waitFor();
    expect(await rowIndex(1_000)).toBe('1001');
  });

  it('says which page could not be read, wherever one is in the list, and reads it when asked to', async () => {
    await person.openAs(ADMIN_KEY, '/executions?environment=many');
    await readOn(PAGE, 1_000);
    await person.page.route(/\/v1\/executions\?.*cursor=/, (route) => route.abort());
    await scrollTo(450);
    const retry = region().getByRole('button', { name: 'Try again' });
    await retry.waitFor();
    expect(await retry.isVisible()).toBe(true);
    expect(await row(460).count()).toBe(0);
    await person.page.unroute(/\/v1\/executions\?.*cursor=/);
    await retry.click();
    await row(460).waitFor();
    await retry.waitFor({ state: 'detached' });
  });

  it('leaves what is in sight where it is when others come before it', async () => {
    await person.openAs(ADMIN_KEY, '/executions?environment=many');
    await readOn(PAGE, 500);
    await scrollTo(120);
    await row(125).waitFor();
    const place = await placeOf(125);
    await run('many');
    await person.page.getByRole('button', { name: 'Refresh' }).click();
    await region().locator(`[aria-rowindex="127"]`).filter({ hasText: 'row 125' }).waitFor();
    expect(await placeOf(125)).toBeCloseTo(place, 0);
    // Every row exists exactly once.
    await scrollTo(95);
    await row(95).waitFor();
    for (let number = 96; number <= 106; number += 1) expect(await rowIndex(number)).toBe(String(number + 2));
    await region().focus();
    await person.page.keyboard.press('Home');
    await row(0).waitFor();
    expect(await rowIndex(0)).toBe('2');
  });
});
