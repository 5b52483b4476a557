import ts from 'typescript';
import { CodeModule } from '../code-module.js';
import { promptsOfModule } from '../module-prompts.js';

/** Sources by the name of their module; `index` is the first. */
export type Sources = Readonly<Record<string, string>>;

const COMPILED = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };

/** Runs `index`. @returns its exported texts by name. */
export function runModules(sources: Sources): Record<string, string> {
  const loaded = new Map<string, { exports: object }>();
  const load = (name: string): object => {
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    loaded.set(name, module);
    const { outputText } = ts.transpileModule(sources[name] ?? '', { compilerOptions: COMPILED });
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- this is what the sources do
    new Function('module', 'exports', 'require', outputText)(module, module.exports, (specifier: string) =>
      load(toName(specifier)),
    );
    return module.exports;
  };
  const texts = Object.entries(load('index')).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts);
}

/** Reads the prompts of `index` as the command line does. */
export function readModules(sources: Sources): {
  readonly prompts: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
} {
  const opened = new Map<string, CodeModule>();
  const open = (specifier: string): CodeModule => {
    const name = toName(specifier);
    const module = opened.get(name) ?? new CodeModule(`${name}.ts`, sources[name] ?? '', open);
    opened.set(name, module);
    return module;
  };
  const { prompts, problems } = promptsOfModule(open('./index'));
  return {
    prompts: Object.fromEntries(
      prompts.map(({ name, content }) => [name, content.kind === 'text' ? content.templateSource : '']),
    ),
    problems: problems.map(({ message }) => message),
  };
}

function toName(specifier: string): string {
  return specifier.replace(/^\.\//, '');
}
