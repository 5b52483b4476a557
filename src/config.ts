/** `prompt-ledger/config`: the shape of `prompt-ledger.config.ts`. docs/cli.md tells what each part does. */
export interface PromptLedgerConfig {
  /**
   * Files and globs, as seen from the folder of this file: modules that export texts and lists of
   * messages, and `*.prompt.md`.
   * @example ['src/prompts.ts', 'prompts/**\/*.prompt.md']
   */
  readonly prompts: readonly string[];
  /** Files and globs to leave out. `node_modules` and `*.d.ts` are left out in any case. */
  readonly exclude?: readonly string[];
  /** The address of the ledger, unless `--url` or `PROMPT_LEDGER_URL` says otherwise. */
  readonly url?: string;
  /** The repository's name, such as `acme/app`, where git's origin does not tell. */
  readonly repository?: string;
  /** Put in front of every name that the code has, such as `shop/`. */
  readonly namePrefix?: string;
  /** Whether `register` retires the prompts that the code has no more, as `--prune` does. */
  readonly prune?: boolean;
}

/** Gives the configuration back as it is; it is there for its type. */
export function defineConfig(config: PromptLedgerConfig): PromptLedgerConfig {
  return config;
}
