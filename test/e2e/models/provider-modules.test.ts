import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AcmeServer } from '../../fakes/vendors/acme-server.js';

const ROOT = join(__dirname, '../../..');
const DIST = join(ROOT, 'dist/src');
/** The built-in adapters. */
const OWN = ['anthropic', 'azure-openai', 'echo', 'google', 'openai'];

/** Boots the providers as the service does, calls `PROVIDER`, and prints the result. */
const BOOT = `
  require('reflect-metadata');
  const { NestFactory } = require('@nestjs/core');
  const { complete, ProviderRegistry, ProvidersModule } = require(process.env.DIST + '/modules/providers/index.js');
  (async () => {
    const module = await ProvidersModule.register({
      env: (name) => process.env[name] || undefined,
      modulePaths: process.env.PROVIDER_MODULES.split(','),
      circuits: { failures: 0, openMs: 1, longestCallMs: 1 },
    });
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    const registry = app.get(ProviderRegistry);
    const messages = [{ role: 'user', content: 'Hello there' }];
    const request = { modelName: 'm', messages, params: {}, attemptId: 'a-1' };
    const limits = { deadlineMs: 20000, idleTimeoutMs: null, maxResponseBytes: 1000 };
    const outcome = await complete(registry.getReady(process.env.PROVIDER), request, limits).catch((error) => error);
    console.log(JSON.stringify({ ids: registry.list().map(({ id }) => id), text: outcome.text, kind: outcome.kind }));
    await app.close();
  })().catch((error) => console.log(JSON.stringify({ refused: error.message })));
`;

/** Boots with every known key, then calls `anthropic`, and prints which vendors' packages were loaded before and after. */
const SDKS = `
  require('reflect-metadata');
  const { NestFactory } = require('@nestjs/core');
  const { complete, ProviderRegistry, ProvidersModule } = require(process.env.DIST + '/modules/providers/index.js');
  const loaded = () => {
    const files = Object.keys(require.cache);
    return ['openai', '@anthropic-ai/sdk', '@google/genai'].filter((name) => files.some((file) => file.includes('/node_modules/' + name + '/')));
  };
  (async () => {
    const settings = { OPENAI_COMPATIBLE: 'groq=http://localhost:1/v1' };
    const module = await ProvidersModule.register({
      env: (name) => settings[name] ?? (/_BASE_URL$|_ENDPOINT$/.test(name) ? 'http://127.0.0.1:1' : 'a-key'),
      modulePaths: [],
      circuits: { failures: 0, openMs: 1, longestCallMs: 1 },
    });
    const app = await NestFactory.createApplicationContext(module, { logger: false });
    const ready = app.get(ProviderRegistry).list().filter(({ readiness }) => readiness.ready).length;
    const before = loaded();
    const request = { modelName: 'm', messages: [{ role: 'user', content: 'Hi' }], params: {}, attemptId: 'a-1' };
    const limits = { deadlineMs: 20000, idleTimeoutMs: null, maxResponseBytes: 1000 };
    await complete(app.get(ProviderRegistry).getReady('anthropic'), request, limits).catch(() => {});
    console.log(JSON.stringify({ ready, before, after: loaded() }));
    await app.close();
  })();
`;

/** Answers, or fails with the service's own ProviderError when the greeting is empty. */
const BODY = `
  class Tiny {
    supportedParams = [];
    constructor(env) { this.greeting = env('TINY_GREETING'); }
    readiness() { return { ready: true }; }
    async *stream({ messages }) {
      if (!this.greeting) throw new ProviderError('rate_limited', 'No greeting.');
      yield { type: 'start', providerRequestId: null };
      yield { type: 'delta', text: this.greeting + ', ' + messages[0].content };
      const usage = { promptTokens: null, responseTokens: null, raw: null };
      yield { type: 'end', finishReason: 'stop', usage, servedModelName: null };
    }
  }
  Provider({ id: 'tiny' })(Tiny);
`;
const COMMONJS = `const { Provider, ProviderError } = require('prompt-ledger/provider'); ${BODY} module.exports = { Tiny };`;
const ESM = `import { Provider, ProviderError } from 'prompt-ledger/provider'; ${BODY} export { Tiny };`;

let folder: string;

/** Outside the repository, so that module resolution finds nothing of it in parent folders. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provider modules '));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

function boot(paths: readonly string[], settings: Record<string, string>): Promise<unknown> {
  return run(BOOT, { PROVIDER_MODULES: paths.join(','), ...settings });
}

function run(script: string, settings: Record<string, string> = {}): Promise<unknown> {
  const env = { ...process.env, DIST, ...settings };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['-e', script], { cwd: ROOT, env }, (error, stdout, stderr) => {
      if (error !== null) reject(new Error(stderr, { cause: error }));
      else resolve(JSON.parse(stdout));
    });
  });
}

describe('PROVIDER_MODULES', () => {
  it.each([
    ['CommonJS (.js)', 'tiny.provider.js', COMMONJS],
    ['CommonJS (.cjs)', 'tiny.provider.cjs', COMMONJS],
    ['an ES module (.mjs)', 'tiny.provider.mjs', ESM],
  ])('loads a provider from outside the repository, as %s', async (_kind, name, text) => {
    const path = await write(name, text);
    expect(await boot([path], { PROVIDER: 'tiny', TINY_GREETING: 'Good day' })).toEqual({
      ids: [...OWN, 'tiny'],
      text: 'Good day, Hello there',
    });
    // The error keeps its kind, so it is an instance of the class that the service knows.
    expect(await boot([path], { PROVIDER: 'tiny', TINY_GREETING: '' })).toMatchObject({
      kind: 'rate_limited',
    });
  });

  it('loads several, of both kinds', async () => {
    const second = ESM.replace("id: 'tiny'", "id: 'second'");
    const paths = [await write('tiny.provider.js', COMMONJS), await write('second.provider.mjs', second)];
    expect(await boot(paths, { PROVIDER: 'second', TINY_GREETING: 'Hi' })).toEqual({
      ids: [...OWN, 'second', 'tiny'],
      text: 'Hi, Hello there',
    });
  });

  it('runs the example of the documentation, copied out of the repository', async () => {
    const server = await AcmeServer.start();
    const path = join(folder, 'acme.provider.js');
    await copyFile(join(ROOT, 'examples/acme.provider.js'), path);
    const settings = { PROVIDER: 'acme', ACME_API_KEY: 'a-key', ACME_BASE_URL: server.baseUrl };
    expect(await boot([path], settings)).toEqual({
      ids: ['acme', ...OWN],
      text: 'Acme heard: Hello there',
    });
    expect(server.attemptIds).toEqual(['a-1']);
    await server.stop();
  });

  it('may not claim the id of a server of OPENAI_COMPATIBLE', async () => {
    const path = await write('tiny.provider.js', COMMONJS);
    expect(await boot([path], { PROVIDER: 'tiny', OPENAI_COMPATIBLE: 'tiny=http://localhost:1/v1' })).toEqual(
      {
        refused:
          'Two providers claim the id "tiny": an entry of OPENAI_COMPATIBLE and Tiny; rename or remove one.',
      },
    );
  });

  it.each([
    ['a file that is not there', null, /does not load: Cannot find module/],
    ['a file that throws', "throw new Error('No licence.');", /does not load: No licence\./],
    ['a file without a provider', 'module.exports = { answer: 42 };', /exports no provider/],
    [
      'an id that is taken',
      COMMONJS.replace("id: 'tiny'", "id: 'echo'"),
      /Two providers claim the id "echo"/,
    ],
    ['half an adapter', COMMONJS.replace('async *stream', 'async *streams'), /"tiny" \(Tiny\) is incomplete/],
  ])('refuses to start on %s', async (_what, text, sentence) => {
    const path = join(folder, 'tiny.provider.js');
    if (text !== null) await writeFile(path, text);
    expect(await boot([path], { PROVIDER: 'tiny' })).toEqual({
      refused: expect.stringMatching(sentence) as string,
    });
  });
});

describe("vendors' packages", () => {
  it('take no memory, before the first call or after it', async () => {
    expect(await run(SDKS)).toEqual({ ready: 6, before: [], after: [] });
  });
});
