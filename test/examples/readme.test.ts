import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OpenAiServer } from '../fakes/vendors/openai-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database/database.js';
import { startLedger, type LedgerProcess } from '../support/servers/processes.js';
import {
  listShells,
  readBlocks,
  ROOT,
  typeCommands,
  writePrograms,
  type PrintedRun,
} from './printed-commands.js';

// Each test starts dozens of processes, possibly on a busy machine.
jest.setTimeout(180_000);

const SHELLS = listShells();
const PRINTED_HOST = 'localhost:8000';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ledger-readme-'));
  await writePrograms(path.join(folder, 'bin'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The README defines its shell helpers once, at the beginning of the tour. */
async function readHelpers() {
  const [helpers] = await readBlocks('README.md', { section: 'A tour', languages: ['sh'] });
  if (helpers === undefined) throw new Error('the tour begins without its helpers');
  return helpers;
}

/** Returns the commands that a page prints for this machine, with the address of the service that the test started. */
async function printedCommands(page: string, section: string | undefined, ledger: LedgerProcess) {
  const languages = page === 'README.md' ? ['sh'] : ['sh', 'bash'];
  const blocks = await readBlocks(page, { languages, ...(section !== undefined && { section }) });
  if (page === 'README.md') blocks.unshift(await readHelpers());
  const host = new URL(ledger.url).host;
  return blocks.map(({ text }) => text.replaceAll(PRINTED_HOST, host)).join('\n');
}

/** Reads the beginnings of checksums that the README shows. */
async function readPrintedChecksums(): Promise<(string | undefined)[]> {
  const text = await readFile(path.join(ROOT, 'README.md'), 'utf8');
  return [...text.matchAll(/"checksum_hash": "(\w+)…"/g)].map((match) => match[1]);
}

/** Returns every output line that is a JSON document. */
function documentsOf({ stdout }: PrintedRun): Record<string, unknown>[] {
  const lines = stdout.split('\n').filter((line) => /^[{[]/.test(line));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe.each(SHELLS)('on a fresh start, with nothing set, typed into %s', (shell) => {
  let home: string;
  let ledger: LedgerProcess;

  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'ledger-readme-home-'));
    ledger = await startLedger({ env: { PROMPT_LEDGER_HOME: home } });
  });
  afterAll(async () => {
    await ledger.stop();
    await rm(home, { recursive: true });
  });

  it('the tour works as it is printed', async () => {
    const commands = await printedCommands('README.md', 'A tour', ledger);

    const done = await typeCommands(shell, commands, { folder });

    expect(done.complaints).toEqual([]);
    expect(done.statuses).toEqual([200, 200, 202, 200, 200, 200, 200, 200, 200, 200, 422, 201]);
    const [put, ran, lineage, listed, changed, versions, activated, rendered, refused, key] =
      documentsOf(done);
    const checksum = createHash('sha256').update('Summarize in one sentence:\n{{text}}').digest('hex');
    expect(await readPrintedChecksums()).toEqual([checksum.slice(0, 4), checksum.slice(0, 4)]);
    expect(put).toMatchObject({
      version: { version_number: 1, checksum_hash: checksum },
      version_change: true,
    });
    expect(ran).toMatchObject({
      status: 'succeeded',
      model: { provider: 'echo', model_name: 'echo' },
      response_text: 'Summarize in one sentence:\nIt was the best of times, it was the worst of times.',
      telemetry: { prompt_tokens: 16, response_tokens: 16 },
    });
    expect(lineage).toMatchObject({
      status: 'succeeded',
      mode: 'async',
      checksum_hash: checksum,
      variables: { text: 'Call me Ishmael.' },
      rendered_prompt: 'Summarize in one sentence:\nCall me Ishmael.',
      params: { max_new_tokens: 800, temperature: 0.2 },
      attempts: [{ attempt: 1, status: 'succeeded', provider: 'echo' }],
    });
    expect(listed?.['executions']).toHaveLength(2);
    expect(changed).toMatchObject({ version: { version_number: 2, status: 'active' } });
    expect(versions).toMatchObject([{ version_number: 2 }, { version_number: 1 }]);
    expect(done.stdout).toContain('+Summarize in one sentence, for {{reader | default: "a busy reader"}}:\n');
    expect(activated).toMatchObject({
      version: { version_number: 1, status: 'active' },
      version_change: false,
    });
    expect(rendered).toMatchObject({
      rendered_prompt: 'Summarize in one sentence, for a captain:\nCall me Ishmael.',
    });
    expect(refused).toMatchObject({ code: 'TEMPLATE_VARIABLES_MISSING' });
    expect(key?.['key']).toMatch(/^pl_/);
  });

  it('the commands about failures work as they are printed', async () => {
    const commands = await printedCommands('README.md', 'Nothing lost, nothing twice', ledger);

    const done = await typeCommands(shell, commands, { folder });

    expect(done.complaints).toEqual([]);
    expect(done.statuses).toEqual([200, 200, 200, 202, 200, 202, 200, 202, 200, 200]);
    const [put, ran, again, waited, canceled, batch, secret] = documentsOf(done);
    expect(put).toMatchObject({ version_change: true });
    expect(ran).toMatchObject({ status: 'succeeded', response_text: 'Greet Ada.' });
    expect(again).toEqual(ran);
    expect(waited).toMatchObject({ status: 'succeeded', response_text: 'Greet Grace.' });
    expect(canceled).toMatchObject({ status: 'canceled', attempts: [{ attempt: 1, status: 'failed' }] });
    expect(batch).toMatchObject({ status: 'completed', total: 2, counts: { succeeded: 2 } });
    expect(secret?.['secret']).toMatch(/^whsec_/);
  });

  it('the commands about streams, prices and budgets work as they are printed', async () => {
    const commands = await printedCommands('README.md', 'Streamed, priced, within a budget', ledger);

    const done = await typeCommands(shell, commands, { folder });

    expect(done.complaints).toEqual([]);
    expect(done.statuses).toEqual([
      200, 200, 200, 200, 201, 200, 200, 200, 402, 200, 200, 204, 200, 200, 200, 200, 200, 200, 200, 200, 200,
      200, 200,
    ]);
    const events = done.stdout.split('\n').filter((line) => line.startsWith('event: '));
    expect(events).toEqual(['event: execution', 'event: delta', 'event: done']);
    const documents = documentsOf(done);
    const [, route, routed, price, costs, refused, clamped, budget, moved, moves, ...more] = documents;
    const [, made, , items, first, bare, prompted] = more;
    expect(route).toMatchObject({ name: 'steady', strategy: 'order' });
    expect(routed).toMatchObject({
      response_text: 'Welcome Ada warmly.',
      route: 'steady',
      model: { provider: 'echo', model_name: 'echo' },
    });
    expect(price).toMatchObject({ output_usd_per_mtok: '0.6' });
    // Three words each way.
    expect(done.stdout).toContain('\n0.00000225\n');
    expect((costs?.['groups'] as unknown[])[0]).toMatchObject({
      key: 'Growth',
      cost_usd: '0.00000225',
      priced_count: 1,
    });
    expect(refused).toMatchObject({ code: 'BUDGET_EXCEEDED', reason: 'refused' });
    expect(clamped).toMatchObject({ status: 'succeeded', finish_reason: 'length' });
    expect(budget).toMatchObject({ held_usd: '0', mode: 'hard' });
    expect(moved).toMatchObject({ environment: 'prod', moved: true });
    expect(done.stdout).toContain('\nenvironment\n');
    expect(moves?.['moves']).toMatchObject([{ environment: 'prod', reason: 'first release' }, {}]);
    expect(first).toMatchObject({ cache_hit: false });
    expect(done.stdout).toContain('\ntrue\n');
    expect(bare).toMatchObject({ choices: [{ message: { role: 'assistant', content: 'Say hello.' } }] });
    expect(prompted).toMatchObject({ choices: [{ message: { content: 'Welcome Ada warmly.' } }] });
    expect(made).toMatchObject({ added: 1 });
    expect(items?.['items']).toContainEqual(expect.objectContaining({ external_id: 'ada' }));
  });

  it('the commands about changes work as they are printed', async () => {
    const commands = await printedCommands('README.md', 'Nobody changes production alone', ledger);
    await symlink(path.join(ROOT, 'dist'), path.join(folder, 'dist'));

    const done = await typeCommands(shell, commands, { folder, env: { PROMPT_LEDGER_URL: ledger.url } });

    expect(done.complaints).toEqual([]);
    expect(done.statuses).toEqual([200, 200]);
    expect(done.stdout).toContain('-Welcome {{name}} warmly.');
    expect(done.stdout).toContain('+Welcome {{name}} in one line.');
    expect(done.stdout.trimEnd().split('\n').at(-1)).toBe('2');
  });

  it.each([
    { page: 'docs/analytics.md' },
    { page: 'docs/budgets.md' },
    { page: 'docs/openai.md' },
    { page: 'docs/operations.md', section: 'Rate limits' },
    { page: 'docs/operations.md', section: 'Keys and secrets' },
    { page: 'docs/prices.md' },
    { page: 'docs/routes.md' },
    { page: 'docs/streaming.md' },
  ])('the commands of $page work as they are printed ($section)', async ({ page, section }) => {
    const prices = path.join(ROOT, 'test/fixtures/prices/litellm.json');
    await cp(prices, path.join(folder, 'model_prices_and_context_window.json'));

    const done = await typeCommands(shell, await printedCommands(page, section, ledger), { folder });

    expect(done.complaints).toEqual([]);
    expect(done.statuses.length).toBeGreaterThan(0);
    expect(done.statuses.filter((status) => status >= 300)).toEqual([]);
  });
});

describe.each(SHELLS)('with a server that speaks as OpenAI does, typed into %s', (shell) => {
  let database: TestDatabase;
  let openai: OpenAiServer;
  let ledger: LedgerProcess;

  beforeAll(async () => {
    [database, openai] = await Promise.all([createTestDatabase(), OpenAiServer.start()]);
    const provider = { OPENAI_BASE_URL: openai.baseUrl, OPENAI_API_KEY: 'any' };
    ledger = await startLedger({ env: { DATABASE_URL: database.url, KEY_HASH_SECRET: 'k', ...provider } });
  });
  afterAll(async () => {
    await ledger.stop();
    await openai.stop();
    await database.drop();
  });

  it('the commands reach a succeeded execution and its lineage', async () => {
    const commands = await printedCommands('README.md', 'With a real model', ledger);

    const done = await typeCommands(shell, commands, { folder });

    expect(done.statuses).toEqual([200, 200, 200, 200]);
    const prompt = 'Summarize in one sentence:\nIt was the best of times, it was the worst of times.';
    expect(documentsOf(done).at(-1)).toMatchObject({
      status: 'succeeded',
      model: { provider: 'openai', model_name: 'llama3.2' },
      rendered_prompt: prompt,
      response_text: `You said: ${prompt}`,
      attempts: [{ status: 'succeeded', provider_request_id: openai.requests[0]?.requestId }],
    });
    expect(openai.requests.map(({ body }) => body)).toMatchObject([
      { model: 'llama3.2', messages: [{ role: 'user', content: prompt }] },
    ]);
  });
});
