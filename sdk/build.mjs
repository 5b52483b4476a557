// Builds the client into `dist`: ECMAScript modules and CommonJS, and one file of types for each. What renders templates
// is a file of its own in both, loaded when a program first needs it. Nothing of it is specific to Node.
import { copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const here = path.dirname(fileURLToPath(import.meta.url));
const source = (file) => path.join(here, 'src', file);
const dist = (file) => path.join(here, 'dist', file);

const TEMPLATING = /\/templating\.js$/;

await rm(dist(''), { recursive: true, force: true });
await mkdir(dist(''));
await Promise.all([...['esm', 'cjs'].map(buildCode), buildTypes()]);

/** @param {'esm' | 'cjs'} format */
async function buildCode(format) {
  const extension = format === 'esm' ? '.mjs' : '.cjs';
  await build({
    entryPoints: { index: source('index.ts'), templating: source('prompts/templating.ts') },
    outdir: dist(''),
    outExtension: { '.js': extension },
    bundle: true,
    format,
    // For Node esbuild says the exports of CommonJS in a way that import() can read. The parser is the browser's in both:
    // the other one wants the file system.
    platform: format === 'esm' ? 'browser' : 'node',
    alias: { liquidjs: 'liquidjs/dist/liquid.browser.mjs' },
    target: 'es2022',
    legalComments: 'eof',
    logLevel: 'warning',
    // CommonJS would get templating copied into its index: esbuild splits modules only.
    plugins: [{ name: 'templating-apart', setup: (builder) => keepTemplatingApart(builder, extension) }],
  });
}

function keepTemplatingApart(builder, extension) {
  builder.onResolve({ filter: TEMPLATING }, ({ kind }) =>
    kind === 'dynamic-import' ? { path: `./templating${extension}`, external: true } : null,
  );
}

async function buildTypes() {
  const bundle = await rollup({
    input: source('index.ts'),
    plugins: [dts({ tsconfig: path.join(here, 'tsconfig.json') })],
    onwarn: ({ message }) => {
      throw new Error(message);
    },
  });
  await bundle.write({ file: dist('index.d.mts') });
  await bundle.close();
  // They import nothing, so the same text serves both kinds of module.
  await copyFile(dist('index.d.mts'), dist('index.d.cts'));
}
