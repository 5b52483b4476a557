import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { CodeModule } from './code-module.js';
import type { ImportedModule, OpenModule } from './imported-module.js';
import { isModule } from './syntax.js';

/** Extensions that an import may leave out, in the order in which they are tried. */
const ENDINGS = ['.ts', '.tsx', '.mts', '.cts', '.d.ts', '.js', '.mjs', '.cjs', '.jsx', '.json'];
/** The extensions in imports, each with the source extensions that it may be compiled from. */
const COMPILED: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.d.ts'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts', '.d.mts'],
  '.cjs': ['.cts', '.d.cts'],
};

/** The modules of a code base. Each is read once, when a module that imports it is resolved. */
export class ModuleFiles {
  /** Keyed by absolute path; null while a module is being read, and for one that cannot be read. */
  private readonly modules = new Map<string, CodeModule | null>();

  /** @param root the root of the repository, which file names are relative to */
  constructor(private readonly root: string) {}

  /** Absolute paths of all modules that were read. */
  get opened(): string[] {
    return [...this.modules.keys()];
  }

  /** Opens modules that this one imports by a relative path. @param full the absolute path of the importing module */
  openerFor(full: string): OpenModule {
    return (specifier) => {
      if (!/^\.{1,2}(?:\/|$)/.test(specifier)) return null;
      const found = findModule(path.resolve(path.dirname(full), specifier));
      return found === null ? null : this.open(found);
    };
  }

  /** @returns null when it does not parse, which is reported when the file itself is read. */
  private open(full: string): ImportedModule | null {
    const known = this.modules.get(full);
    if (known !== undefined) return known;
    this.modules.set(full, null);
    try {
      this.modules.set(full, this.read(full, readFileSync(full, 'utf8')));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    return this.modules.get(full) ?? null;
  }

  /** @throws SyntaxError with `loc` */
  read(full: string, source: string): CodeModule {
    const file = this.toName(full);
    const known = this.modules.get(full);
    if (known instanceof CodeModule) return known;
    // Reads JSON as a JavaScript expression, which gives its values line numbers.
    const module = full.endsWith('.json')
      ? new CodeModule(file, `module.exports =${source.replace(/^\uFEFF/, '')}`, () => null)
      : new CodeModule(file, source, this.openerFor(full));
    this.modules.set(full, module);
    return module;
  }

  toName(full: string): string {
    return path.relative(this.root, full).split(path.sep).join('/');
  }
}

function findModule(wanted: string): string | null {
  const { dir, name, ext } = path.parse(wanted);
  const candidates = [
    ...(isModule(wanted) || ext === '.json' ? [wanted] : []),
    ...(COMPILED[ext] ?? []).map((ending) => path.join(dir, name + ending)),
    ...ENDINGS.map((ending) => wanted + ending),
    ...ENDINGS.map((ending) => path.join(wanted, `index${ending}`)),
  ];
  return candidates.find(isFile) ?? null;
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
