import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createJiti } from 'jiti';
import { getMessage } from '../../kernel/index.js';
import type { PromptLedgerConfig } from '../../config.js';
import { CliError } from '../terminal/cli-error.js';

export interface LoadedConfig {
  readonly file: string;
  /** An absolute path. Paths in the configuration are relative to it. */
  readonly folder: string;
  readonly config: PromptLedgerConfig;
}

const EXTENSIONS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'];
export const CONFIG_NAME = 'prompt-ledger.config';

/**
 * Loads the configuration of a project. Prompts are never run, but this one file is, unless it is JSON.
 * @param explicit a file, instead of the nearest one in the folder or above
 * @throws CliError when there is none, or it is wrong
 */
export async function loadConfig(folder: string, explicit?: string): Promise<LoadedConfig> {
  const file = explicit === undefined ? findConfig(folder) : path.resolve(folder, explicit);
  if (file === null) {
    throw new CliError(
      `There is no ${CONFIG_NAME}.(${EXTENSIONS.join('|')}) in ${folder} or above; name one with --config.`,
    );
  }
  if (!existsSync(file)) throw new CliError(`There is no file ${file}.`);
  const config = checked(await evaluate(file), path.basename(file));
  return { file, folder: path.dirname(file), config };
}

/** Loads the configuration and applies the flags of a command over it. @throws CliError as above, and for a repository without a name */
export async function loadCodeConfig(
  folder: string,
  flags: { readonly config?: string; readonly repository?: string },
): Promise<LoadedConfig> {
  if (flags.repository === '') throw new CliError('Name the repository with --repository, such as acme/app.');
  const loaded = await loadConfig(folder, flags.config);
  if (flags.repository === undefined) return loaded;
  return { ...loaded, config: { ...loaded.config, repository: flags.repository } };
}

/** Finds the URL in the configuration, for commands that work without one. */
export async function findConfiguredUrl(folder: string): Promise<string | undefined> {
  return findConfig(folder) === null ? undefined : (await loadConfig(folder)).config.url;
}

function findConfig(folder: string): string | null {
  const found = EXTENSIONS.map((extension) => path.join(folder, `${CONFIG_NAME}.${extension}`)).find(
    existsSync,
  );
  if (found !== undefined) return found;
  const above = path.dirname(folder);
  return above === folder ? null : findConfig(above);
}

async function evaluate(file: string): Promise<unknown> {
  try {
    if (file.endsWith('.json')) return JSON.parse(await readFile(file, 'utf8')) as unknown;
    // The alias finds the package wherever the project has it, or if it has none.
    const config = findConfigModule();
    const alias = { 'prompt-ledger/config': config, '@prompt-ledger/cli/config': config };
    const jiti = createJiti(file, { fsCache: false, moduleCache: false, alias });
    return await jiti.import(file, { default: true });
  } catch (error) {
    throw new CliError(`${path.basename(file)} cannot be read: ${getMessage(error).split('\n')[0] ?? ''}`);
  }
}

/** Finds the module beside the bundle of the command-line package, or else where the compiler puts it. */
function findConfigModule(): string {
  const bundled = path.join(__dirname, 'config.cjs');
  return existsSync(bundled) ? bundled : path.join(__dirname, '../../config.js');
}

const KNOWN = ['prompts', 'exclude', 'url', 'repository', 'namePrefix', 'prune'];

function checked(value: unknown, file: string): PromptLedgerConfig {
  const refuse = (problem: string): never => {
    throw new CliError(`${file}: ${problem}.`);
  };
  if (typeof value !== 'object' || value === null)
    return refuse('export an object such as { prompts: ["src/prompts.ts"] }');
  const fields = value as Record<string, unknown>;
  const unknown = Object.keys(fields).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) return refuse(`unknown field "${unknown}"; known are ${KNOWN.join(', ')}`);
  const isList = (list: unknown) =>
    Array.isArray(list) && list.every((item) => typeof item === 'string' && item !== '');
  if (!isList(fields['prompts']) || (fields['prompts'] as string[]).length === 0) {
    return refuse('prompts must be a list of files and globs');
  }
  if (fields['exclude'] !== undefined && !isList(fields['exclude']))
    return refuse('exclude must be a list of globs');
  for (const key of ['url', 'repository', 'namePrefix']) {
    const field = fields[key];
    if (field !== undefined && (typeof field !== 'string' || field === ''))
      return refuse(`${key} must be text`);
  }
  if (fields['prune'] !== undefined && typeof fields['prune'] !== 'boolean')
    return refuse('prune must be true or false');
  return fields as unknown as PromptLedgerConfig;
}
