import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OpenAiServer } from '../fakes/openai-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startLedger, type LedgerProcess } from '../support/processes.js';

// Each starts processes by the dozen, on machines that are busy.
jest.setTimeout(180_000);

const PRINTED_URL = 'http://localhost:8000';
/** Beside curl, so that each answer's status is known: the commands of the README print bodies only. */
const CURL_WITH_STATUS = `#!/bin/sh
PATH=$REAL_PATH exec curl -w '%{stderr}STATUS %{http_code}\\n' "$@"
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ledger-readme-'));
  await mkdir(path.join(folder, 'bin'));
  await writeFile(path.join(folder, 'bin', 'curl'), CURL_WITH_STATUS);
  await chmod(path.join(folder, 'bin', 'curl'), 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

/** The blocks of one language below a heading. Those marked `bash` are for other machines than this one. */
async function blocks(heading: string, language: 'sh'): Promise<string> {
  const text = await readFile(path.join(__dirname, '../../README.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const found = [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))];
  return found.map((match) => match[1]).join('\n');
}

interface Run {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs what the README prints, but for the port. */
function run(program: string, args: readonly string[], input: string): Promise<Run> {
  const realPath = process.env['PATH'] ?? '';
  const env = { REAL_PATH: realPath, PATH: `${path.join(folder, 'bin')}:${realPath}` };
  const child = spawn(program, args, { cwd: folder, env });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', () => resolve({ stdout, stderr })));
}

function statusesOf({ stderr }: Run): number[] {
  return [...stderr.matchAll(/^STATUS (\d+)$/gm)].map((match) => Number(match[1]));
}

/** Every line of output that is one JSON document. */
function documentsOf({ stdout }: Run): Record<string, unknown>[] {
  const lines = stdout.split('\n').filter((line) => /^[{[]/.test(line));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('on a fresh start, with nothing set', () => {
  let ledger: LedgerProcess;

  beforeAll(async () => {
    ledger = await startLedger({ env: { PROMPT_LEDGER_HOME: path.join(folder, 'home') } });
  });
  afterAll(() => ledger.stop());

  it('the tour works as it is printed', async () => {
    const script = (await blocks('A tour', 'sh')).replaceAll(PRINTED_URL, ledger.url);

    const done = await run('sh', ['-s'], script);

    expect(done.stderr.replace(/^STATUS \d+\n/gm, '')).toBe('');
    expect(statusesOf(done)).toEqual([200, 200, 202, 200, 200, 200, 200, 200, 200, 200, 422, 201]);
    const [put, ran, lineage, listed, changed, versions, activated, rendered, refused, key] =
      documentsOf(done);
    const checksum = createHash('sha256').update('Summarize in one sentence:\n{{text}}').digest('hex');
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
    const script = (await blocks('Nothing lost, nothing twice', 'sh')).replaceAll(PRINTED_URL, ledger.url);

    const done = await run('sh', ['-s'], script);

    expect(done.stderr.replace(/^STATUS \d+\n/gm, '')).toBe('');
    expect(statusesOf(done)).toEqual([200, 200, 200, 202, 200, 202, 200, 202, 200, 200]);
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
    const script = (await blocks('Streamed, priced, within a budget', 'sh')).replaceAll(
      PRINTED_URL,
      ledger.url,
    );

    const done = await run('sh', ['-s'], script);

    expect(done.stderr.replace(/^STATUS \d+\n/gm, '')).toBe('');
    expect(statusesOf(done)).toEqual([
      200, 200, 200, 200, 201, 200, 200, 200, 402, 200, 200, 204, 200, 200, 200, 200,
    ]);
    const events = done.stdout.split('\n').filter((line) => line.startsWith('event: '));
    expect(events).toEqual(['event: execution', 'event: delta', 'event: done']);
    const [, route, routed, price, costs, refused, clamped, budget, first, bare, prompted] =
      documentsOf(done);
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
    expect(first).toMatchObject({ cache_hit: false });
    expect(done.stdout).toContain('\ntrue\n');
    expect(bare).toMatchObject({ choices: [{ message: { role: 'assistant', content: 'Say hello.' } }] });
    expect(prompted).toMatchObject({ choices: [{ message: { content: 'Welcome Ada warmly.' } }] });
  });
});

describe('with a server that speaks as OpenAI does', () => {
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
    const script = (await blocks('With a real model', 'sh')).replaceAll(PRINTED_URL, ledger.url);

    const done = await run('sh', ['-s'], script);

    expect(statusesOf(done)).toEqual([200, 200, 200, 200]);
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
