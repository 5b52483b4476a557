import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type LedgerProcess, startLedger } from '../../support/servers/processes.js';
import { type Stage, startStage } from '../stage.js';

const PRINTED_URL = 'http://localhost:8000';
const PRINTED_KEY = 'dev-key-change-in-production';

let stage: Stage;
let ledger: LedgerProcess;

beforeAll(async () => {
  stage = await startStage({ WORKER: 'off' });
  ledger = await startLedger({ env: { ...stage.env, WORKER: 'off', API_KEY: PRINTED_KEY } });
});
afterAll(async () => {
  await ledger.stop();
  await stage.close();
});

async function block(language: string): Promise<string> {
  const text = await readFile(path.join(__dirname, '../../../docs/streaming.md'), 'utf8');
  const found = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(text)?.[1] ?? '';
  expect(found).toContain(PRINTED_URL);
  return found.replaceAll(PRINTED_URL, ledger.url);
}

async function run(program: string, args: readonly string[], input: string) {
  const child = spawn(program, args);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  child.stdin.end(input);
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

it('docs/streaming.md has commands and a parser that work as they are printed', async () => {
  const curled = await run('sh', ['-es'], (await block('sh')).replaceAll('curl -N', 'curl -sN'));
  expect(curled).toMatchObject({ code: 0, stderr: '' });
  expect(curled.stdout.match(/^event: \w+$/gm)).toEqual([
    'event: execution',
    ...Array.from({ length: 6 }, () => 'event: delta'),
    'event: done',
  ]);
  expect(curled.stdout).toContain('data: {"text":"Hello "}\n');

  const parsed = await run(process.execPath, ['--input-type=module'], await block('js'));
  expect(parsed).toEqual({ code: 0, stdout: 'Hello Ada, how are you today?', stderr: '' });
});
