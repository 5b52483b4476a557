import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database/database.js';
import { startLedger, type LedgerProcess } from '../support/servers/processes.js';
import { installArchive, linkNodeTypes, packClient, ROOT, run, tsc } from './client-package.js';

// Packs, installs and compiles, possibly on a busy machine.
jest.setTimeout(180_000);

const API_KEY = 'the-key-of-the-apps';

let archive: string;
let database: TestDatabase;
let ledger: LedgerProcess;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  [archive, database] = await Promise.all([packClient(), createTestDatabase()]);
  const settings = { DATABASE_URL: database.url, KEY_HASH_SECRET: 'k', DEFAULT_MODEL: 'echo/echo', API_KEY };
  ledger = await startLedger({ env: settings });
  env = { PROMPT_LEDGER_URL: ledger.url, PROMPT_LEDGER_API_KEY: API_KEY };
  await request('PUT', `${ledger.url}/v1/models/echo/echo`, {});
});
afterAll(async () => {
  await ledger.stop();
  await database.drop();
});

async function request(method: string, url: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method,
    headers: { 'x-api-key': API_KEY },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
}

/** Copies the app and installs the packed client, as its README says. */
async function install(app: string): Promise<string> {
  const folder = path.join(await mkdtemp(path.join(tmpdir(), 'ledger-app-')), app);
  await cp(path.join(ROOT, 'examples', app), folder, { recursive: true });
  // The compiler and Node's types are linked from the root: npm would ask a registry for them, though it is told to omit them.
  const manifest = path.join(folder, 'package.json');
  const { devDependencies: _, ...rest } = JSON.parse(await readFile(manifest, 'utf8')) as Record<
    string,
    unknown
  >;
  await writeFile(manifest, JSON.stringify(rest));
  await installArchive(folder, archive);
  return folder;
}

describe('the sample apps', () => {
  it('full-mode-app drafts by the prompt of the ledger, and by what colleagues make of it', async () => {
    const cwd = await install('full-mode-app');
    const child = spawn(process.execPath, ['app.mjs'], {
      cwd,
      env: { PATH: process.env['PATH'], PORT: '0', ...env },
    });
    try {
      const url = await new Promise<string>((resolve, reject) => {
        child.once('exit', (code) => reject(new Error(`the app ended with ${code}`)));
        child.stdout.setEncoding('utf8').once('data', (line: string) => {
          resolve(/http:\/\/\S+/.exec(line)?.[0] ?? line);
        });
      });
      const question = { customer: 'Sarah', question: 'Where is my order?' };
      const first = await request('POST', `${url}/drafts`, question);
      expect(first).toMatchObject({
        prompt_version: 1,
        draft: 'Answer Sarah kindly and in one paragraph:\nWhere is my order?',
      });

      await request('PUT', `${ledger.url}/v1/prompts/examples%2Fsupport_reply`, {
        template_source: 'Dear {{customer}}: {{question}}',
        set_active: true,
      });

      expect(await request('POST', `${url}/drafts`, question)).toMatchObject({
        prompt_version: 2,
        draft: 'Dear Sarah: Where is my order?',
      });
      expect(await request('GET', `${url}/drafts/${String(first['execution_id'])}`)).toMatchObject({
        version_number: 1,
        variables: question,
      });
      expect(await request('POST', `${url}/drafts`, { customer: 'Sarah' })).toMatchObject({
        code: 'TEMPLATE_VARIABLES_MISSING',
      });
    } finally {
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.kill();
      await gone;
    }
  });

  it('tracking-app registers, tracks its own calls, and executes', async () => {
    const cwd = await install('tracking-app');
    await linkNodeTypes(cwd);
    expect(await tsc(cwd, [])).toEqual({ code: 0, stdout: '', stderr: '' });

    const done = await run(process.execPath, ['dist/app.js'], { cwd, env });

    expect(done).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'SHIPPING_NOTICE is version 1',
        'REVIEW_REQUEST is version 1',
        'TELL ADA IN ONE FRIENDLY SENTENCE THAT ORDER 1000 IS ON ITS WAY.',
        'TELL GRACE IN ONE FRIENDLY SENTENCE THAT ORDER 1001 IS ON ITS WAY.',
        'Ask Ada for a review of: a kettle.',
        'executions of version 1: 2',
        '',
      ].join('\n'),
    });
  });
});
