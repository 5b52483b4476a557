import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installArchive, mustRun, ROOT, run } from './client-package.js';

const MAX_BYTES = 40_000_000;

let project: string;
let cli: string;

/** Packs as the README says, and installs into an empty project without a registry. */
beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ledger-cli-'));
  await mustRun('npm', ['pack', '--workspace', 'cli', '--pack-destination', folder], { cwd: ROOT });
  const [archive] = await readdir(folder);
  project = await mkdtemp(path.join(tmpdir(), 'ledger-cli-project-'));
  await writeFile(path.join(project, 'package.json'), '{"name": "a-project", "private": true}\n');
  await installArchive(project, path.join(folder, archive as string));
  cli = path.join(project, 'node_modules/.bin/prompt-ledger');
}, 120_000);

const inProject = (args: readonly string[], env = {}) => run(cli, args, { cwd: project, env });

async function sizeOf(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = files
    .filter((file) => file.isFile())
    .map(async (file) => (await stat(path.join(file.parentPath, file.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

describe('the package of the command line', () => {
  it('is small, has no dependencies, and passes on the licences of what is in it', async () => {
    expect(await sizeOf(path.join(project, 'node_modules'))).toBeLessThan(MAX_BYTES);
    expect(
      (await readdir(path.join(project, 'node_modules'))).filter((name) => !name.startsWith('.')),
    ).toEqual(['@prompt-ledger']);
    const licences = await readFile(
      path.join(project, 'node_modules/@prompt-ledger/cli/dist/LICENSES.txt'),
      'utf8',
    );
    for (const name of ['commander', 'liquidjs', 'jiti', '@babel/parser'])
      expect(licences).toContain(`${name} `);
  });

  it('says its version, its commands, and where those of the service are', async () => {
    const { version } = JSON.parse(await readFile(path.join(ROOT, 'cli/package.json'), 'utf8')) as {
      version: string;
    };
    expect(await inProject(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
    const { stdout } = await inProject(['--help']);
    expect(stdout).toMatch(/^ {2}register /m);
    expect(stdout).not.toMatch(/^ {2}(?:start|worker|migrate|seed|openapi) /m);
    expect(await inProject(['start'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('comes with the service') as string,
    });
  });

  it('reads prompts and configurations, and speaks to a ledger', async () => {
    await writeFile(
      path.join(project, 'prompts.ts'),
      `export enum P { A = 'Hello {{name}}' }\nexport const B = f();\n`,
    );
    await writeFile(
      path.join(project, 'prompt-ledger.config.ts'),
      `import { defineConfig } from '@prompt-ledger/cli/config';\nexport default defineConfig({ prompts: ['prompts.ts'] } satisfies object);\n`,
    );
    expect(await inProject(['check'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'prompts.ts:2: B cannot be read: it is the answer of a call.\n',
    });
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${String(request.headers['x-api-key'])}`);
      response.setHeader('content-type', 'application/json');
      response.end(
        '{"object":"list","data":[{"id":"echo/echo","max_tokens":null,"supports_streaming":true}]}',
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const listed = await inProject(['models', 'list'], { PROMPT_LEDGER_URL: url });
    await new Promise((resolve) => server.close(resolve));
    expect(listed).toMatchObject({
      code: 0,
      stdout: 'MODEL      MAX TOKENS  STREAMS\necho/echo  -           yes\n',
    });
    expect(asked).toEqual(['GET /v1/models dev-key-change-in-production']);
  });
});
