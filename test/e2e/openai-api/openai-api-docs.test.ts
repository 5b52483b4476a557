import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { read, ROOT } from '../../architecture/tree.js';
import { ADMIN_KEY, putPrompt, type Stage, startStage } from '../stage.js';

const run = promisify(execFile);

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ WORKER: 'off' });
  await putPrompt(stage.admin, 'doc_summarizer', 'Summarize: {{text}}');
});
afterAll(() => stage.close());

/** Returns the page's code blocks in a language, pointed at the ledger of the tests. */
function blocksOf(language: string): string[] {
  const blocks = read('docs/openai.md').matchAll(new RegExp(`^\`\`\`${language}\n(.+?)^\`\`\``, 'gms'));
  const { host } = new URL(stage.ledger.url);
  return [...blocks].map(([, code = '']) =>
    code.replaceAll('localhost:8000', host).replaceAll('dev-key-change-in-production', ADMIN_KEY),
  );
}

async function outputOf(command: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], LEDGER_KEY: ADMIN_KEY };
  return (await run(command, args, { cwd: ROOT, env })).stdout;
}

describe('docs/openai.md', () => {
  it('has a program that works as it is printed', async () => {
    const [program = ''] = blocksOf('ts');
    expect(await outputOf(process.execPath, '--input-type=module', '-e', program)).toBe(
      'You said: Say hello.\n',
    );
  });

  it('has calls of curl that work as they are printed', async () => {
    const [bare = '', prompt = '', ...rest] = blocksOf('bash');
    expect(rest).toEqual([]);
    expect(JSON.parse(await outputOf('bash', '-c', bare))).toMatchObject({
      choices: [{ message: { content: 'Say hello.' } }],
    });
    const [, answer = ''] = /(\{"id":.*)$/s.exec(await outputOf('bash', '-c', prompt)) ?? [];
    const content = 'Summarize in one sentence:\nIt was the best of times.';
    expect(JSON.parse(answer)).toMatchObject({ choices: [{ message: { content } }] });
  });
});
