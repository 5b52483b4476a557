import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { glob } from 'tinyglobby';
import { PROMPT_NAME, PROMPT_NAME_RULE } from '../../kernel/index.js';
import { computeChecksum, RENDERER, rendererFor, TemplateInvalidError } from '../../templating/index.js';
import { findWorkingTree, type GitFacts, NO_GIT_FACTS, readGitFacts } from '../git/git-facts.js';
import { parsePromptFile } from '../prompt-files/parse-prompt-file.js';
import {
  canBeTracked,
  ONLY_TEXT_IS_TRACKED,
  PROMPT_FILE_SUFFIX,
  PromptFileError,
} from '../prompt-files/prompt-file.js';
import { readText } from '../prompt-files/prompt-folder.js';
import type { CodeProblem, CodePrompt, FileContents } from './code-prompt.js';
import type { LoadedConfig } from './config-file.js';
import { ModuleFiles } from './reading/module-files.js';
import { promptsOfModule, syntaxProblem } from './reading/module-prompts.js';
import { isModule } from './reading/syntax.js';

/** All prompts of a code base, and the state of the code that they come from. */
export interface CollectedPrompts {
  /** Each name once, in order of files and lines. */
  readonly prompts: readonly CodePrompt[];
  /** Places that could not be read. If there are any, what the code holds is unknown. */
  readonly problems: readonly CodeProblem[];
  readonly git: GitFacts;
  /** The folder of the configuration, relative to the root of the repository and with a slash at the end; empty for the root. */
  readonly folder: string;
  readonly warnings: readonly string[];
}

interface CodeFile {
  /** Absolute. */
  readonly full: string;
  /** The path from the root of the repository, with forward slashes. */
  readonly file: string;
  /** The name of a prompt file that does not state one. */
  readonly fallbackName: string;
}

/** Reads every file that the configuration names. Outside a repository, paths are relative to its folder. */
export async function collectPrompts(loaded: LoadedConfig): Promise<CollectedPrompts> {
  const { folder, config } = loaded;
  const tree = await findWorkingTree(folder);
  const root = tree.root ?? (await realpath(folder));
  const warnings = tree.warning === null ? [] : [tree.warning];
  const { files, problems } = await listFiles(loaded, root);
  const modules = new ModuleFiles(root);
  const contents = await Promise.all(files.map((file) => readFileContents(file, modules)));
  const excluded = await listExcluded(loaded, modules);
  const found = contents.flatMap(({ prompts }) => prompts).filter(({ file }) => !excluded.has(file));
  const named = found.map((prompt) => ({ ...prompt, name: (config.namePrefix ?? '') + prompt.name }));
  const unreadable = contents.flatMap((file) => file.problems).filter(({ file }) => !excluded.has(file));
  const paths = new Set([...files.map(({ full }) => full), ...modules.opened]);
  const git = tree.root === null ? NO_GIT_FACTS : await readGitFacts(tree.root, [...paths]);
  return {
    prompts: withoutRepetitions(named),
    problems: distinct([...problems, ...unreadable, ...named.flatMap(findFaults), ...contradictions(named)]),
    git: { ...git, repository: config.repository ?? git.repository },
    folder: folderBelow(root, await realpath(folder)),
    warnings,
  };
}

async function listFiles(
  { file: configFile, folder: named, config }: LoadedConfig,
  root: string,
): Promise<{ files: CodeFile[]; problems: CodeProblem[] }> {
  const folder = await realpath(named);
  const files = new Map<string, CodeFile>();
  const problems: CodeProblem[] = [];
  const ignore = ['**/node_modules/**', '**/*.d.{ts,mts,cts}', ...(config.exclude ?? [])];
  for (const pattern of config.prompts) {
    const options = { cwd: folder, absolute: true, dot: true, expandDirectories: false, ignore };
    const found = (await glob(pattern, options)).map((file) => path.normalize(file)).sort();
    if (found.length === 0) {
      const file = slashes(path.relative(root, path.join(folder, path.basename(configFile))));
      problems.push({ file, line: 1, message: `"${pattern}" finds no file` });
    }
    const base = path.join(folder, takeFixedPart(pattern));
    for (const full of found) {
      const fallbackName = slashes(path.relative(base, full)).slice(0, -PROMPT_FILE_SUFFIX.length);
      if (!files.has(full)) files.set(full, { full, file: slashes(path.relative(root, full)), fallbackName });
    }
  }
  return { files: [...files.values()], problems };
}

/** Returns the folder part of a glob, before its first dynamic segment: names of prompt files are paths below it. */
function takeFixedPart(pattern: string): string {
  const parts = pattern.split('/');
  const wild = parts.findIndex((part) => /[*?{}[\]]|[!+@]\(/.test(part));
  return parts.slice(0, wild === -1 ? -1 : wild).join('/');
}

async function readFileContents(
  { full, file, fallbackName }: CodeFile,
  modules: ModuleFiles,
): Promise<FileContents> {
  const problemAt = (line: number, message: string): FileContents => ({
    prompts: [],
    problems: [{ file, line, message }],
  });
  try {
    const source = await readText(full);
    if (isModule(file)) return promptsOfModule(modules.read(full, source));
    if (!file.endsWith(PROMPT_FILE_SUFFIX)) {
      return problemAt(1, `It is not a TypeScript or JavaScript module or a *${PROMPT_FILE_SUFFIX}`);
    }
    const { name, mode, line, ...prompt } = parsePromptFile(source);
    if (mode === 'full') {
      return problemAt(
        1,
        'It says "mode: full", which is for `prompt-ledger import`: leave it out, or exclude the file',
      );
    }
    if (!canBeTracked(prompt.content)) return problemAt(1, ONLY_TEXT_IS_TRACKED);
    return { prompts: [{ ...prompt, name: name ?? fallbackName, file, line }], problems: [] };
  } catch (error) {
    if (error instanceof SyntaxError) return { prompts: [], problems: [syntaxProblem(file, error)] };
    if (error instanceof PromptFileError) return problemAt(error.line, error.message);
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined) return problemAt(1, `It cannot be read: ${code}`);
    throw error;
  }
}

/** Lists files that others import and the configuration excludes, by the names that problems use. */
async function listExcluded({ folder, config }: LoadedConfig, modules: ModuleFiles): Promise<Set<string>> {
  const { exclude = [] } = config;
  if (exclude.length === 0) return new Set();
  const cwd = await realpath(folder);
  const options = {
    cwd,
    absolute: true,
    dot: true,
    expandDirectories: false,
    ignore: ['**/node_modules/**'],
  };
  const found = await glob([...exclude], options);
  return new Set(found.map((file) => modules.toName(path.normalize(file))));
}

/** Each file that re-exports a problem finds it again. */
function distinct(problems: readonly CodeProblem[]): CodeProblem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

/** Lists what the ledger would refuse, each with its place. */
function findFaults({ name, content, file, line }: CodePrompt): CodeProblem[] {
  if (!PROMPT_NAME.test(name)) {
    return [{ file, line, message: `"${name}" is not a prompt name: it ${PROMPT_NAME_RULE}` }];
  }
  try {
    rendererFor(RENDERER).compile(content);
    return [];
  } catch (error) {
    if (!(error instanceof TemplateInvalidError)) throw error;
    return [{ file, line, message: `${name}: ${error.message.replace(/\.$/, '')}` }];
  }
}

/** The same text under the same name is one prompt. Its first place counts. */
function withoutRepetitions(prompts: readonly CodePrompt[]): CodePrompt[] {
  const first = new Map<string, CodePrompt>();
  for (const prompt of prompts) if (!first.has(prompt.name)) first.set(prompt.name, prompt);
  return [...first.values()];
}

function contradictions(prompts: readonly CodePrompt[]): CodeProblem[] {
  const first = new Map(withoutRepetitions(prompts).map((prompt) => [prompt.name, prompt]));
  return prompts.flatMap((prompt) => {
    const { name, content, file, line } = prompt;
    const other = first.get(name);
    if (other === undefined || other === prompt) return [];
    if (computeChecksum(other.content) === computeChecksum(content)) return [];
    return [
      {
        file,
        line,
        message: `${name} has another text in ${other.file}:${other.line}: give one of them another name`,
      },
    ];
  });
}

function folderBelow(root: string, folder: string): string {
  const below = slashes(path.relative(root, folder));
  return below === '' ? '' : `${below}/`;
}

function slashes(file: string): string {
  return file.split(path.sep).join('/');
}
