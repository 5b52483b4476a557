import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database/database.js';
import { startLedger, type LedgerProcess } from '../support/servers/processes.js';
import { mustRun, newProject, packClient, ROOT, run, tsc } from './client-package.js';

// Packs, installs and compiles, possibly on a busy machine.
jest.setTimeout(180_000);

const API_KEY = 'the-key-of-the-client';
const STRICT = ['--strict', '--target', 'es2023', '--types', 'node', '--skipLibCheck', 'false'];

let archive: string;
let database: TestDatabase;
let ledger: LedgerProcess;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  [archive, database] = await Promise.all([packClient(), createTestDatabase()]);
  const settings = { DATABASE_URL: database.url, KEY_HASH_SECRET: 'k', DEFAULT_MODEL: 'echo/echo', API_KEY };
  ledger = await startLedger({ env: settings });
  env = { PROMPT_LEDGER_URL: ledger.url, PROMPT_LEDGER_API_KEY: API_KEY };
  await fetch(`${ledger.url}/v1/models/echo/echo`, {
    method: 'PUT',
    headers: { 'x-api-key': API_KEY },
    body: '{}',
  });
});
afterAll(async () => {
  await ledger.stop();
  await database.drop();
});

/** Returns all TypeScript of the README's section as one module. */
function tour(): Promise<string> {
  return codeOf('README.md', 'The TypeScript client');
}

async function codeOf(page: string, title: string): Promise<string> {
  const text = await readFile(path.join(ROOT, page), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
  return [...section.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]).join('\n');
}

describe('the packed client', () => {
  it('runs the tour of the README as it is printed, type-checked', async () => {
    const project = await newProject(archive, { 'tour.mts': await tour() });

    const checked = await tsc(project, ['--module', 'nodenext', ...STRICT, 'tour.mts']);
    expect(checked).toEqual({ code: 0, stdout: '', stderr: '' });
    const done = await run(process.execPath, ['tour.mjs'], { cwd: project, env });

    expect(done.stderr).toBe('');
    expect(done.stdout.split('\n')).toEqual([
      '1 Hello Sarah, welcome to Acme Corp!',
      'WELCOME v1, ORDER_CONFIRMATION v1',
      '1 Hello John, welcome to MyApp!',
      '2 1',
      '1 1',
      'ORDER 4711 IS CONFIRMED!',
      'full 1',
      '',
    ]);
  });

  it('does not compile with a variable forgotten', async () => {
    const source = (await tour()).replace("{ name: 'John', app: 'MyApp' }", "{ name: 'John' }");
    const project = await newProject(archive, { 'tour.mts': source });

    const { code, stdout } = await tsc(project, ['--noEmit', '--module', 'nodenext', ...STRICT, 'tour.mts']);

    expect(code).toBe(2);
    expect(stdout).toMatch(/^tour\.mts\(\d+,\d+\): error TS\d+: .*\n(?:.*\n)*?.*'app'/);
  });

  it.each([
    ['ECMAScript modules', 'read.mjs', `import { PromptLedger } from '@prompt-ledger/client';`],
    ['CommonJS', 'read.cjs', `const { PromptLedger } = require('@prompt-ledger/client');`],
  ])('runs from %s', async (_, file, line) => {
    const source = `${line}
      const registry = { GREETING: 'Hello {{name}}!' };
      const ledger = new PromptLedger({ mode: 'tracking_only', codeRegistry: registry });
      ledger.getPrompt('GREETING').then(async (prompt) => {
        console.log(prompt.compile({ name: 'Ada' }));
        console.log((await ledger.getAnalytics({ mode: 'all' })).summary.total_executions >= 0);
        await ledger.close();
      });`;
    const project = await newProject(archive, { [file]: source });

    const done = await run(process.execPath, [file], { cwd: project, env });

    expect(done).toEqual({ code: 0, stdout: 'Hello Ada!\ntrue\n', stderr: '' });
  });

  it('has types for the streams of its page', async () => {
    const source = await codeOf('sdk/README.md', 'Streams');
    expect(source).toContain('for await');
    const project = await newProject(archive, { 'streams.mts': source });

    const args = ['--noEmit', '--module', 'nodenext', ...STRICT, 'streams.mts'];

    expect(await tsc(project, args)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it.each(['bundler', 'nodenext'])('has types for module resolution "%s"', async (resolution) => {
    const project = await newProject(archive, { 'tour.mts': await tour() });
    const module = resolution === 'bundler' ? 'esnext' : resolution;

    const args = ['--noEmit', '--module', module, '--moduleResolution', resolution, ...STRICT, 'tour.mts'];

    expect(await tsc(project, args)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('renders the corpus byte for byte as the server does', async () => {
    const source = `import { readFileSync } from 'node:fs';
      import { PromptLedger } from '@prompt-ledger/client';
      const corpus = JSON.parse(readFileSync(process.argv[2], 'utf8'));
      const texts = new Map(corpus.map(({ name, content }) => [name, content.template_source]));
      const ledger = new PromptLedger({ mode: 'tracking_only', codeRegistry: (name) => texts.get(name) });
      const rendered = {};
      for (const { name, content, variables_json: variables } of corpus) {
        if (content.template_source === undefined) continue;
        try {
          rendered[name] = (await ledger.getPrompt(name)).compile(JSON.parse(variables));
        } catch (error) {
          rendered[name] = { code: error.code };
        }
      }
      process.stdout.write(JSON.stringify(rendered));
      await ledger.close();`;
    const project = await newProject(archive, { 'render.mjs': source });
    const file = path.join(ROOT, 'test/fixtures/templating/corpus.json');

    const rendered = JSON.parse(
      await mustRun(process.execPath, ['render.mjs', file], { cwd: project, env }),
    ) as Record<string, unknown>;

    const corpus = JSON.parse(await readFile(file, 'utf8')) as {
      name: string;
      content: { template_source?: string };
      rendered?: string;
      error?: { code: string };
    }[];
    const texts = corpus.filter(({ content }) => content.template_source !== undefined);
    expect(texts.length).toBeGreaterThan(50);
    expect(rendered).toEqual(
      Object.fromEntries(
        texts.map(({ name, rendered: text, error }) => [
          name,
          error === undefined ? text : { code: error.code },
        ]),
      ),
    );
  });
});
