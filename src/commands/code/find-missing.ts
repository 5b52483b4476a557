import type { LedgerClient } from '../../../sdk/src/index.js';
import type { CollectedPrompts } from './collect-prompts.js';
import type { LoadedConfig } from './config-file.js';
import { CliError } from '../terminal/cli-error.js';
import type { TrackedPrompt } from './compare-prompts.js';
import { listMissing } from './tracked-prompts.js';

/** Prompts that the ledger has for a code base and the code does not have. */
export interface FoundMissing {
  readonly missing: readonly TrackedPrompt[];
  /** A message for people; null when there is nothing to say. */
  readonly warning: string | null;
}

/**
 * Finds the prompts that a code base had and no longer has.
 * @throws CliError when it has none and never had any, so that the configuration must be wrong.
 */
export async function findMissing(
  ledger: LedgerClient,
  { file, config }: LoadedConfig,
  code: CollectedPrompts,
): Promise<FoundMissing> {
  const { repository } = code.git;
  const codeBase = { folder: code.folder, namePrefix: config.namePrefix ?? '', repository };
  const names = new Set(code.prompts.map(({ name }) => name));
  const { missing, unclaimed } = await listMissing(ledger, codeBase, names);
  if (names.size + missing.length === 0) {
    const before = await listMissing(ledger, codeBase, names, true);
    if (before.missing.length === 0) throw new CliError(`${file} leads to no prompt.`);
  }
  return { missing, warning: unclaimed.length === 0 ? null : toWarning(unclaimed) };
}

const MOST_NAMES = 5;

function toWarning(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  const listed = names.slice(0, MOST_NAMES).join(', ') + more;
  return (
    `The repository has no name, so it is unknown whether these were in this code before: ${listed}. ` +
    'Set "repository" in the configuration; `prompt-ledger prompts retire NAME` retires one by hand.'
  );
}
