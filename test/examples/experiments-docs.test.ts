import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type LedgerProcess, startLedger } from '../support/servers/processes.js';

const ROOT = path.join(__dirname, '../..');

let folder: string;
let ledger: LedgerProcess;

describe('docs/experiments.md', () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ledger-experiments-docs-'));
    await mkdir(path.join(folder, 'bin'));
    const program = path.join(folder, 'bin/prompt-ledger');
    await writeFile(program, `#!/bin/sh\nexec node '${path.join(ROOT, 'dist/src/cli.js')}' "$@"\n`);
    await chmod(program, 0o755);
    ledger = await startLedger({ env: { PROMPT_LEDGER_HOME: path.join(folder, 'home') } });
  });
  // Registered here: an outer hook would run after the processes of the file are killed, and its database would be left behind.
  afterAll(() => ledger.stop());

  it('has a story that goes as it is printed, from nothing to a red and a green gate', async () => {
    const text = await readFile(path.join(ROOT, 'docs/experiments.md'), 'utf8');
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

    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('names_customer: The candidate is worse by 1 (p < 0.0001).\nexit code 1\n');
    expect(stdout).toMatch(/names_customer: A drop of more than 0\.03 is ruled out/);
    expect(await readFile(path.join(folder, 'gate.xml'), 'utf8')).toContain('failures="1"');
    expect(await readFile(path.join(folder, 'comment.md'), 'utf8')).toContain('❌ fails');
  });
});
