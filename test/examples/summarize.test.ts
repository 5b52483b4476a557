import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { OpenAiServer } from '../fakes/vendors/openai-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database/database.js';
import { startLedger, type LedgerProcess } from '../support/servers/processes.js';

// Each test starts dozens of processes, possibly on a busy machine.
jest.setTimeout(180_000);

const SCRIPT = path.join(__dirname, '../../examples/summarize.sh');
const TEXT = path.join(__dirname, '../../examples/newton-queries.txt');

let database: TestDatabase;
let openai: OpenAiServer;

beforeAll(async () => {
  [database, openai] = await Promise.all([
    createTestDatabase(),
    OpenAiServer.start({ apiKey: 'sk-stand-in' }),
  ]);
});
afterAll(async () => {
  await openai.stop();
  await database.drop();
});
beforeEach(() => openai.reset());

/** Runs the script as a user does, with only the given environment. */
function summarize(env: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile('sh', [SCRIPT], { env: { PATH: process.env['PATH'], ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

async function withLedger<T>(
  env: Record<string, string>,
  work: (ledger: LedgerProcess) => Promise<T>,
): Promise<T> {
  const ledger = await startLedger({ env: { DATABASE_URL: database.url, KEY_HASH_SECRET: 'k', ...env } });
  try {
    return await work(ledger);
  } finally {
    await ledger.stop();
  }
}

const LINEAGE =
  /== Lineage of (\S+)\nstatus +succeeded, (sync|async), .*\nprompt +doc_summarizer, version 1\n/g;

describe('examples/summarize.sh', () => {
  it('summarizes by a server that speaks as OpenAI does, and prints both lineages', async () => {
    openai.behave({ kind: 'answer', text: 'Newton asks whether Bodies act upon Light.' });
    const env = { OPENAI_API_KEY: 'sk-stand-in', OPENAI_BASE_URL: openai.baseUrl };

    const { code, stdout, stderr } = await withLedger(
      { ...env, DEFAULT_MODEL: 'openai/gpt-4o-mini' },
      ({ url }) => summarize({ LEDGER_URL: url, MODEL: 'openai/gpt-4o-mini' }),
    );

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lineages = [...stdout.matchAll(LINEAGE)];
    expect(lineages.map(([, , mode]) => mode)).toEqual(['sync', 'async']);
    expect(stdout.match(/rendered from the lineage: the same, byte for byte/g)).toHaveLength(2);
    expect(stdout).toContain('openai/gpt-4o-mini {"max_new_tokens":800}');
    expect(stdout.trimEnd().endsWith('== The answer\nNewton asks whether Bodies act upon Light.')).toBe(true);

    // The provider itself saw two calls, each with the whole text and with the id of its attempt.
    const text = await readFile(TEXT, 'utf8');
    const asked = openai.requests.map(
      ({ body }) => body?.['messages'] as { role: string; content: string }[],
    );
    expect(asked).toHaveLength(2);
    for (const messages of asked) {
      expect(messages).toHaveLength(1);
      expect(messages[0]?.role).toBe('user');
      expect(messages[0]?.content).toContain(`---\n${text}\n---`);
    }
    expect(openai.requests.map(({ attemptId }) => attemptId)).toEqual(lineages.map(([, id]) => `${id}-1`));
    for (const { requestId } of openai.requests) expect(stdout).toContain(`request id ${requestId}`);
  });

  it('works with the echo model, without an account anywhere', async () => {
    const { code, stdout, stderr } = await withLedger({ DEFAULT_MODEL: 'echo/echo' }, ({ url }) =>
      summarize({ LEDGER_URL: url, MODEL: 'echo/echo' }),
    );

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect([...stdout.matchAll(LINEAGE)]).toHaveLength(2);
    expect(stdout).toContain('_Query_ 1. Do not Bodies act upon Light at a distance');
    expect(openai.requests).toHaveLength(0);
  });

  it('says what is wrong in one sentence and fails when the model cannot be used', async () => {
    const { code, stderr } = await withLedger({}, ({ url }) =>
      summarize({ LEDGER_URL: url, MODEL: 'openai/gpt-4o-mini' }),
    );

    expect(code).toBe(1);
    expect(stderr).toMatch(/^POST \/v1\/executions:run was refused with 503 PROVIDER_NOT_CONFIGURED\. .*\n$/);
  });
});
