import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './tree.js';

/** Each entry breaks one rule: the importer, the imported file, and the rule's name. */
const FORBIDDEN = [
  ['src/kernel/a.ts', 'src/entities/index.ts', 'kernel-imports-what-is-below'],
  ['src/kernel/b.ts', 'liquidjs', 'kernel-imports-what-is-below'],
  ['src/kernel/c.ts', 'node:fs', 'kernel-imports-what-is-below'],
  ['src/templating/a.ts', 'src/entities/index.ts', 'templating-imports-what-is-below'],
  ['src/templating/b.ts', 'typeorm', 'templating-imports-what-is-below'],
  ['src/entities/a.ts', 'src/infra/database/index.ts', 'entities-imports-what-is-below'],
  ['src/infra/database/a.ts', 'src/modules/prompts/index.ts', 'infra-imports-what-is-below'],
  ['src/infra/http/a.ts', 'src/main.ts', 'infra-imports-what-is-below'],
  ['src/infra/http/b.ts', 'migrations/index.ts', 'only-the-database-imports-migrations'],
  ['src/modules/prompts/a.ts', 'src/modules/executions/index.ts', 'modules/prompts-imports-what-is-below'],
  ['src/modules/prompts/b.ts', 'src/bootstrap/banner.ts', 'modules/prompts-imports-what-is-below'],
  ['src/modules/versions/a.ts', 'src/modules/prompts/index.ts', 'modules/versions-imports-what-is-below'],
  ['src/modules/auth/a.ts', 'src/modules/prompts/index.ts', 'modules/auth-imports-what-is-below'],
  ['src/modules/providers/a.ts', 'src/infra/database/index.ts', 'modules/providers-imports-what-is-below'],
  ['src/modules/providers/b.ts', 'src/entities/index.ts', 'modules/providers-imports-what-is-below'],
  [
    'src/modules/executions/b.ts',
    'src/modules/tracking/index.ts',
    'modules/executions-imports-what-is-below',
  ],
  ['src/modules/consumer/a.ts', 'src/modules/prompts/index.ts', 'modules/consumer-imports-what-is-below'],
  ['src/modules/executions/a.ts', 'src/modules/prompts/own.ts', 'modules-only-through-their-index'],
  ['src/commands/a.ts', 'src/modules/prompts/own.ts', 'roots-import-modules-through-their-index'],
  ['src/modules/prompts/c.ts', 'src/infra/database/own.ts', 'infra-only-through-its-indexes'],
  ['src/modules/unheard-of/a.ts', 'src/kernel/index.ts', 'rooms-are-in-the-table'],
  ['migrations/a.ts', 'src/entities/index.ts', 'migrations-import-nothing-of-src'],
  ['src/bootstrap/a.ts', 'test/fakes/own.ts', 'production-never-imports-tests'],
  ['src/bootstrap/b.ts', 'src/kernel/own.spec.ts', 'production-never-imports-tests'],
  ['src/infra/http/c.ts', 'jest', 'production-imports-production-packages'],
  ['src/modules/prompts/d.service.ts', 'typeorm', 'databases-only-in-repositories'],
  ['src/infra/http/d.ts', 'openai', 'vendors-only-in-adapters'],
  ['src/infra/http/e.ts', './nowhere.js', 'imports-resolve'],
] as const;

const ALLOWED = [
  ['src/modules/executions/ok.ts', 'src/modules/prompts/index.ts'],
  ['src/modules/prompts/ok.repository.ts', 'typeorm'],
  ['src/modules/providers/adapters/ok.ts', 'openai'],
  ['src/modules/providers/ok.spec.ts', 'test/fakes/own.ts'],
  ['src/infra/database/ok.ts', 'migrations/index.ts'],
  ['test/db/ok.test.ts', 'src/modules/prompts/own.ts'],
] as const;

const PACKAGES = { dependencies: ['liquidjs', 'openai', 'typeorm'], devDependencies: ['jest'] };

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

/** Runs the law over a tree that breaks each rule once, because a rule that matches nothing would always pass. */
describe('the import law', () => {
  let tree: string;
  let violations: readonly Violation[];

  beforeAll(async () => {
    tree = await mkdtemp(path.join(tmpdir(), 'ledger-test-imports-'));
    await writePackages();
    for (const [importer, imported] of [...FORBIDDEN, ...ALLOWED]) {
      const isFile = imported.includes('/') && !imported.startsWith('.');
      if (isFile) await write(imported, 'export {};\n', { flag: 'a' });
      await write(importer, `import '${isFile ? relativeImport(importer, imported) : imported}';\n`);
    }
    await write('src/modules/auth/ring.ts', "import './ring-back.js';\nexport type Ring = string;\n");
    await write(
      'src/modules/auth/ring-back.ts',
      "import type { Ring } from './ring.js';\nexport type Back = Ring;\n",
    );
    violations = await cruise();
  });

  afterAll(() => rm(tree, { recursive: true, force: true }));

  it.each(FORBIDDEN)('forbids %s to import %s', (importer, _imported, rule) => {
    expect(rulesBrokenBy(importer)).toContain(rule);
  });

  it.each(ALLOWED)('allows %s to import %s', (importer) => {
    expect(rulesBrokenBy(importer)).toEqual([]);
  });

  it('forbids a cycle, of types too', () => {
    // A cycle is reported once, from any of its files.
    const broken = [
      ...rulesBrokenBy('src/modules/auth/ring.ts'),
      ...rulesBrokenBy('src/modules/auth/ring-back.ts'),
    ];
    expect(broken).toEqual(['no-cycles']);
  });

  function rulesBrokenBy(importer: string): string[] {
    return violations.filter(({ from }) => from === importer).map(({ rule }) => rule.name);
  }

  async function writePackages(): Promise<void> {
    const versions = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
    const { dependencies, devDependencies } = PACKAGES;
    const manifest = { dependencies: versions(dependencies), devDependencies: versions(devDependencies) };
    await write('package.json', JSON.stringify(manifest));
    await write('tsconfig.json', '{}');
    for (const name of [...dependencies, ...devDependencies]) {
      await write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0' }));
      await write(`node_modules/${name}/index.js`, '');
    }
  }

  async function write(file: string, text: string, options: { flag?: string } = {}): Promise<void> {
    const target = path.join(tree, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text, options);
  }

  function cruise(): Promise<readonly Violation[]> {
    const cruiser = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const config = path.join(ROOT, '.dependency-cruiser.cjs');
    const args = [cruiser, '--config', config, '--output-type', 'json', 'src', 'migrations', 'test'];
    return new Promise((resolve, reject) => {
      // It exits with 0 whatever it finds, because its JSON is for other programs to judge.
      execFile(process.execPath, args, { cwd: tree, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
        if (error !== null) reject(new Error(stderr, { cause: error }));
        else resolve((JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations);
      });
    });
  }
});

function relativeImport(importer: string, imported: string): string {
  const relative = path.posix.relative(path.posix.dirname(importer), imported).replace(/\.ts$/, '.js');
  return relative.startsWith('.') ? relative : `./${relative}`;
}
