import type { LedgerClient, RetiredPrompt } from '../../../sdk/src/index.js';
import type { GitFacts } from '../git/git-facts.js';

/** The ledger's limit for a request. */
const PROMPTS_A_CALL = 1000;

/** Tells the ledger which prompts the code no longer has, in as many calls as needed. Makes no call for an empty list. */
export async function retirePrompts(
  ledger: LedgerClient,
  names: readonly string[],
  { git, isDryRun }: { readonly git: GitFacts | null; readonly isDryRun: boolean },
): Promise<RetiredPrompt[]> {
  const all: RetiredPrompt[] = [];
  for (let start = 0; start < names.length; start += PROMPTS_A_CALL) {
    const prompts = names.slice(start, start + PROMPTS_A_CALL).map((name) => ({ name }));
    const { retired } = await ledger.tracking.retire({ prompts, git, dry_run: isDryRun });
    all.push(...retired);
  }
  return all;
}
