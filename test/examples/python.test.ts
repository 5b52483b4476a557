import { execFile } from 'node:child_process';
import path from 'node:path';
import { startLedger, type LedgerProcess } from '../support/servers/processes.js';
import { createTestDatabase, type TestDatabase } from '../support/database/database.js';

const FOLDER = path.join(__dirname, '../../examples/python');
const API_KEY = 'the-key-of-the-examples';

let database: TestDatabase;
let ledger: LedgerProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  const env = { DATABASE_URL: database.url, KEY_HASH_SECRET: 'k', API_KEY, DEFAULT_MODEL: 'echo/echo' };
  ledger = await startLedger({ env });
  const allowed = await fetch(`${ledger.url}/v1/models/echo/echo`, {
    method: 'PUT',
    headers: { 'X-API-Key': API_KEY },
    body: '{}',
  });
  expect(allowed.status).toBe(200);
});
afterAll(async () => {
  await ledger.stop();
  await database.drop();
});

/** Runs Python as a user does, from another folder, with only the standard library (`-I`). */
function python(
  script: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = {
    PATH: process.env['PATH'],
    PROMPT_LEDGER_URL: ledger.url,
    PROMPT_LEDGER_API_KEY: API_KEY,
    ...settings,
  };
  return new Promise((resolve) => {
    execFile('python3', ['-I', path.join(FOLDER, script)], { env, cwd: '/' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('examples/python', () => {
  it('full_mode.py puts, runs, queues, changes and goes back', async () => {
    const { code, stdout, stderr } = await python('full_mode.py');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'version 1 said: Hello Sarah, welcome to Acme Corp!',
      'the same execution when asked again: True',
      'queued, then succeeded: Hello Sarah, welcome to Acme Corp!',
      'version 2 said: Hi Sarah, good to have you at Acme Corp.',
      expect.stringMatching(/^--- /),
      expect.stringMatching(/^\+\+\+ /),
      '@@ -1,1 +1,1 @@',
      '-Hello {{name}}, welcome to {{company}}!',
      '\\ No newline at end of file',
      '+Hi {{name}}, good to have you at {{company}}.',
      '\\ No newline at end of file',
      'back at version 1',
      'nothing was sent: TEMPLATE_VARIABLES_MISSING: Send a value (null for none) for: company.',
      '',
    ]);
  });

  it('tracking_mode.py registers its prompts, executes them, and records a call of its own', async () => {
    for (const total of [2, 4]) {
      const { code, stdout, stderr } = await python('tracking_mode.py');

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.split('\n')).toEqual([
        'PY_WELCOME is version 1',
        'PY_ORDER_CONFIRMATION is version 1',
        'version 1 said: Hello John, welcome to MyApp!',
        "my own call said 'ORDER 42!' to 'Order 42 is confirmed!'",
        'it is an execution of origin recorded',
        'PY_WELCOME has 1 version(s), 1 is active',
        // Three of them belong to the other script.
        `executions so far: ${total + 3}`,
        '',
      ]);
    }
  });

  it('say in one line what is wrong', async () => {
    const { code, stderr } = await python('tracking_mode.py', { PROMPT_LEDGER_API_KEY: 'wrong' });

    expect(code).toBe(1);
    expect(stderr).toMatch(/^UNAUTHORIZED: .*\n$/);
  });
});
