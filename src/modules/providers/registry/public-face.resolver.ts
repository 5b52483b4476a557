import Module, { register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The only part of the service that an outside provider may import. */
const SPECIFIER = 'prompt-ledger/provider';

type ResolveFilename = (request: string, ...rest: unknown[]) => string;

let installed = false;

/**
 * Lets files anywhere on the disk import `prompt-ledger/provider`, and get this very process' copy. A second copy would have a different
 * `ProviderError` class and different `@Provider` metadata.
 *
 * Rejected: a link in a `node_modules` beside the outside file (writes into a folder that is not ours), and NODE_PATH (has no meaning for
 * `import`). `module.registerHooks` would do both halves at once, but Node 20 lacks it.
 */
export function installPublicFaceResolver(): void {
  if (installed) return;
  installed = true;
  const file = join(__dirname, '..', '..', '..', 'provider.js');
  resolveForRequire(file);
  resolveForImport(pathToFileURL(file).href);
}

/** `_resolveFilename` is not a documented API, but every loader of the last ten years hooks into it. */
function resolveForRequire(file: string): void {
  const loader = Module as unknown as { _resolveFilename: ResolveFilename };
  const original = loader._resolveFilename;
  loader._resolveFilename = function (this: unknown, request, ...rest) {
    return request === SPECIFIER ? file : original.call(this, request, ...rest);
  };
}

/** The hook runs in the loader's own thread, so it is passed as source. A file would have to be ESM in a CommonJS tree. */
function resolveForImport(url: string): void {
  const source = `export async function resolve(specifier, context, nextResolve) {
    return specifier === ${JSON.stringify(SPECIFIER)}
      ? { url: ${JSON.stringify(url)}, format: 'commonjs', shortCircuit: true }
      : nextResolve(specifier, context);
  }`;
  register(`data:text/javascript,${encodeURIComponent(source)}`);
}
