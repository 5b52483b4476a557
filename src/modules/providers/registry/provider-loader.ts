import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ProviderSetupError } from '../errors.js';
import { isProviderClass, type ProviderClass } from '../provider.decorator.js';
import { installPublicFaceResolver } from './public-face.resolver.js';

/** `.ts` only in tests, which run from source. */
const ADAPTER_FILE = /^[a-z][a-z0-9-]*\.provider\.(?:js|ts)$/;
const ADAPTERS = join(__dirname, '..', 'adapters');

/** Loads the built-in adapters. The folders are the list, so a new provider is one folder and nothing else to edit. */
export function loadOwnAdapters(): ProviderClass[] {
  const load = createRequire(__filename);
  return readdirSync(ADAPTERS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: folder }) => readdirSync(join(ADAPTERS, folder)).map((name) => join(folder, name)))
    .filter((path) => ADAPTER_FILE.test(basename(path)))
    .sort()
    .flatMap((path) => listProviderClasses(load(join(ADAPTERS, path)), path));
}

/**
 * Loads providers from files outside the tree, CommonJS or ES modules, which may import `prompt-ledger/provider`.
 *
 * @param paths absolute, or relative to the working directory
 * @throws ProviderSetupError naming the path when a file is missing, does not load, or exports no provider.
 */
export async function loadOutsideProviders(
  paths: readonly string[],
  importFile: (url: string) => Promise<unknown> = importOutside,
): Promise<ProviderClass[]> {
  const found: ProviderClass[] = [];
  for (const path of paths) {
    const file = resolve(path);
    found.push(...listProviderClasses(await importOrExplain(file, importFile), file));
  }
  return found;
}

function importOutside(url: string): Promise<unknown> {
  installPublicFaceResolver();
  return import(url);
}

async function importOrExplain(
  file: string,
  importFile: (url: string) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await importFile(pathToFileURL(file).href);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
    throw new ProviderSetupError(`PROVIDER_MODULES names ${file}, which does not load: ${reason}`, {
      cause: error,
    });
  }
}

/**
 * Lists the exports that `@Provider` decorates. A CommonJS file has them again under `default`.
 * @throws ProviderSetupError when there are none.
 */
export function listProviderClasses(loaded: unknown, file: string): ProviderClass[] {
  const classes = new Set([loaded, ...listValues(loaded), ...listValues(valueAt(loaded, 'default'))]);
  const providers = [...classes].filter(isProviderClass);
  if (providers.length > 0) return providers;
  throw new ProviderSetupError(
    `${file} exports no provider: export a class that is decorated with @Provider({ id }) or wrapped with Provider({ id })(Class).`,
  );
}

function listValues(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function valueAt(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
