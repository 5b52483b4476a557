import {
  type LedgerClient,
  type ListPromptsQuery,
  NotFoundError,
  type Prompt,
} from '../../../sdk/src/index.js';
import { toContent } from '../prompt-files/wire.js';
import type { DescribedPrompt, TrackedPrompt } from './compare-prompts.js';
import { concurrently } from '../terminal/concurrently.js';
import { Progress } from '../terminal/progress.js';

/** Reads the prompts of these names that the ledger has, in this order, with their active versions. */
export async function readPrompts(ledger: LedgerClient, names: readonly string[]): Promise<Prompt[]> {
  const progress = new Progress('prompts read', names.length);
  const prompts = await concurrently(names, async (name) => {
    const prompt = await findPrompt(ledger, name);
    progress.add();
    return prompt;
  }).finally(() => progress.done());
  return prompts.filter((prompt) => prompt !== null);
}

/** Includes every earlier change, whichever process made it. */
const FRESH = { headers: { 'cache-control': 'no-cache' } };

/** Null when no prompt has this name. */
async function findPrompt(ledger: LedgerClient, name: string): Promise<Prompt | null> {
  try {
    return await ledger.prompts.get(name, FRESH);
  } catch (error) {
    if (error instanceof NotFoundError && error.code === 'PROMPT_NOT_FOUND') return null;
    throw error;
  }
}

/** Converts a prompt to the form that code is compared with. */
export function toDescribedPrompt(prompt: Prompt): DescribedPrompt {
  const { name, mode, description, owner_team: ownerTeam, tags, active_version: active } = prompt;
  return {
    name,
    mode,
    isRetired: prompt.retired_at !== null,
    description,
    ownerTeam,
    tags,
    active:
      active === null
        ? null
        : {
            versionNumber: active.version_number,
            checksumHash: active.checksum_hash,
            content: toContent(active),
          },
  };
}

/** Which prompts of the ledger belong to a code base. */
export interface CodeBase {
  /** Null where neither git nor the configuration names the repository. */
  readonly repository: string | null;
  /** Relative to the root, with a slash at the end; empty for the root. Several code bases may share a repository. */
  readonly folder: string;
  readonly namePrefix: string;
}

export interface MissingPrompts {
  /** The tracked prompts that this code base registered last and no longer has. */
  readonly missing: readonly TrackedPrompt[];
  /** Names of prompts that came from code without a repository, so that their owner is unknown. */
  readonly unclaimed: readonly string[];
}

/**
 * Lists the prompts of the ledger that are not in the code.
 * @param names the prompts that the code has
 * @param isRetired whether to look through the retired prompts, or the others
 */
export async function listMissing(
  ledger: LedgerClient,
  codeBase: CodeBase,
  names: ReadonlySet<string>,
  isRetired = false,
): Promise<MissingPrompts> {
  const query = {
    mode: 'tracking',
    retired: isRetired,
    limit: 200,
    ...(codeBase.namePrefix === '' ? {} : { q: codeBase.namePrefix }),
    ...toPlace(codeBase),
  } as const;
  const candidates: string[] = [];
  for await (const { name } of ledger.prompts.list(query)) if (!names.has(name)) candidates.push(name);
  const progress = new Progress('histories read', candidates.length);
  const histories = await concurrently(candidates, async (name) => {
    const history = await ledger.tracking.history(name);
    progress.add();
    return history;
  }).finally(() => progress.done());
  const missing: TrackedPrompt[] = [];
  const unclaimed: string[] = [];
  for (const { prompt_name: name, mode, current_version: current, versions } of histories) {
    const active = versions.find(({ version }) => version === current);
    if (active === undefined) continue;
    const { version: versionNumber, template_hash: checksumHash, git } = active;
    if (codeBase.repository === null) {
      if ((git?.['repository'] ?? null) === null) unclaimed.push(name);
    } else {
      missing.push({
        name,
        mode,
        isRetired,
        active: { versionNumber, checksumHash, content: toContent(active) },
      });
    }
  }
  return { missing, unclaimed };
}

/**
 * Filters in the ledger, because only it knows which code base registered a prompt last: a history shows the first one. Most prompts of a
 * ledger with many repositories belong to others, and are not even read.
 */
function toPlace({ repository, folder }: CodeBase): Pick<ListPromptsQuery, 'repository' | 'folder'> {
  if (repository === null) return {};
  return folder === '' ? { repository } : { repository, folder };
}
