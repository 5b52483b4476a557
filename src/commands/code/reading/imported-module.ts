import type { ModuleFunctions } from './changes/module-functions.js';
import type { StaticMember, StaticValue } from './static-values.js';

/** A file as its importers see it. */
export interface ImportedModule {
  /** An export under its name, `default` for the default one; undefined when there is none. */
  find(name: string): StaticMember | undefined;
  /** All exports in one object. */
  readonly all: () => StaticValue;
  /** What importers can call. */
  readonly functions: ModuleFunctions;
}

/** Opens the file of a module. Returns null for a specifier that is not a file of the code base, or a file that cannot be read. */
export type OpenModule = (specifier: string) => ImportedModule | null;

export interface ScopeContext {
  readonly file: string;
  readonly open: OpenModule;
  /** The names that a module exports, where it does. Everything that is put into their objects is exported as well, and read there. */
  readonly exporting?: ReadonlySet<unknown>;
}
