import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startLedger, type LedgerProcess } from '../support/servers/processes.js';

const ROOT = path.join(__dirname, '../..');

let folder: string;
let ledger: LedgerProcess;

describe('docs/cli.md', () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ledger-cli-docs-'));
    await mkdir(path.join(folder, 'bin'));
    const program = path.join(folder, 'bin/prompt-ledger');
    await writeFile(program, `#!/bin/sh\nexec node '${path.join(ROOT, 'dist/src/cli.js')}' "$@"\n`);
    await chmod(program, 0o755);
    ledger = await startLedger({ env: { PROMPT_LEDGER_HOME: path.join(folder, 'home') } });
  });
  // Registered here: an outer hook would run after the processes of the file are killed, and its database would be left behind.
  afterAll(() => ledger.stop());

  it('has commands that work as they are printed, one after the other', async () => {
    const text = await readFile(path.join(ROOT, 'docs/cli.md'), 'utf8');
    const script = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]).join('\n');

    const child = spawn('sh', ['-es'], {
      cwd: folder,
      env: {
        PATH: `${path.join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
        PROMPT_LEDGER_URL: ledger.url,
      },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.stdin.end(script);
    const code = await new Promise((resolve) => child.on('close', resolve));

    // The line that reports the run.
    const lines = expect.stringMatching(/^succeeded · version 1 · [^\n]*\n$/) as string;
    expect({ code, stderr }).toEqual({ code: 0, stderr: lines });
    expect(stdout).toContain('welcome_email: version 1 is new, and is active.');
    expect(stdout).toContain('Hello Sarah, welcome to Acme Corp!');
    expect(await readFile(path.join(folder, 'prompts/welcome_email.prompt.md'), 'utf8')).toContain(
      '\n---\nHello {{name}}, welcome to {{company}}!\n',
    );
  });
});
