// Builds the command line into `dist`: one file with all that it needs, and beside it the package that evaluates
// configurations in TypeScript, which loads its own parts by their paths.
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const dist = (...parts) => path.join(here, 'dist', ...parts);
const jiti = path.dirname(createRequire(import.meta.url).resolve('jiti/package.json'));

await rm(dist(), { recursive: true, force: true });
await mkdir(dist('jiti', 'lib'), { recursive: true });
await mkdir(dist('jiti', 'dist'), { recursive: true });
const { metafile } = await build({
  entryPoints: { cli: path.join(root, 'src/client-cli.ts'), config: path.join(root, 'src/config.ts') },
  outdir: dist(),
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  // An ECMAScript module asks `import.meta.url` where it is; in CommonJS esbuild has no answer of its own.
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  plugins: [{ name: 'jiti-apart', setup: keepJitiApart }],
});
await Promise.all([
  chmod(dist('cli.cjs'), 0o755),
  copyFile(path.join(jiti, 'lib/jiti.cjs'), dist('jiti/lib/jiti.cjs')),
  copyFile(path.join(jiti, 'dist/jiti.cjs'), dist('jiti/dist/jiti.cjs')),
  copyFile(path.join(jiti, 'dist/babel.cjs'), dist('jiti/dist/babel.cjs')),
  buildTypes(),
  writeLicences(),
]);

function keepJitiApart(builder) {
  builder.onResolve({ filter: /^jiti$/ }, () => ({ path: './jiti/lib/jiti.cjs', external: true }));
}

async function buildTypes() {
  const bundle = await rollup({
    input: path.join(root, 'src/config.ts'),
    plugins: [dts({ tsconfig: path.join(root, 'tsconfig.json') })],
  });
  await bundle.write({ file: dist('config.d.cts') });
  await bundle.close();
}

/** The licences of all that is in the bundle, which asks for them to be passed on. */
async function writeLicences() {
  const inputs = Object.keys(metafile.inputs).map((file) => path.resolve(file));
  const folders = new Set([jiti, ...inputs.flatMap(packageFolder)]);
  const texts = await Promise.all([...folders].sort().map(readLicence));
  await writeFile(dist('LICENSES.txt'), texts.join('\n\n'));
}

function packageFolder(file) {
  const found = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file);
  return found === null ? [] : [found[0]];
}

async function readLicence(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? `Licence: ${license}` : await readFile(path.join(folder, file), 'utf8');
  return `${name} ${version}\n\n${text.trim()}\n`;
}
