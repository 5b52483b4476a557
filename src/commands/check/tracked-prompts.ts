import { type LedgerClient, NotFoundError, type Prompt } from '../../../sdk/src/index.js';
import type { TrackedPrompt } from './compare-prompts.js';
import { concurrently } from '../terminal/concurrently.js';
import { Progress } from '../terminal/progress.js';

/** The prompts of these names that the ledger has, in this order, with their active versions. */
export async function readPrompts(ledger: LedgerClient, names: readonly string[]): Promise<Prompt[]> {
  const progress = new Progress('prompts read', names.length);
  const prompts = await concurrently(names, async (name) => {
    const prompt = await findPrompt(ledger, name);
    progress.add();
    return prompt;
  }).finally(() => progress.done());
  return prompts.filter((prompt) => prompt !== null);
}

/** Every change that was made before is in it, whichever process made it. */
const FRESH = { headers: { 'cache-control': 'no-cache' } };

/** Null when there is none of this name. */
async function findPrompt(ledger: LedgerClient, name: string): Promise<Prompt | null> {
  try {
    return await ledger.prompts.get(name, FRESH);
  } catch (error) {
    if (error instanceof NotFoundError && error.code === 'PROMPT_NOT_FOUND') return null;
    throw error;
  }
}

/** A prompt as code is compared with it. */
export function trackedOf({ name, mode, active_version: active }: Prompt): TrackedPrompt {
  const { template_source: template, version_number: versionNumber } = active ?? {};
  const hasText = template !== undefined && versionNumber !== undefined;
  return { name, mode, active: hasText ? { versionNumber, template } : null };
}

/** Which prompts of the ledger belong to a code base. */
export interface CodeBase {
  readonly repository: string;
  /** Below the root, with a slash at the end; empty for the root. Several code bases may share a repository. */
  readonly folder: string;
  readonly namePrefix: string;
}

/** The tracked prompts whose active version was registered from this code base, but for those that it still has. */
export async function listMissing(
  ledger: LedgerClient,
  codeBase: CodeBase,
  names: ReadonlySet<string>,
): Promise<TrackedPrompt[]> {
  const query = {
    mode: 'tracking',
    limit: 200,
    ...(codeBase.namePrefix === '' ? {} : { q: codeBase.namePrefix }),
  } as const;
  const candidates: string[] = [];
  for await (const { name } of ledger.prompts.list(query)) if (!names.has(name)) candidates.push(name);
  const progress = new Progress('histories read', candidates.length);
  const histories = await concurrently(candidates, async (name) => {
    const history = await ledger.tracking.history(name);
    progress.add();
    return history;
  }).finally(() => progress.done());
  return histories.flatMap(({ prompt_name: name, mode, current_version: current, versions }) => {
    const active = versions.find(({ version }) => version === current);
    if (active?.template_source === undefined || !isOf(codeBase, active.git)) return [];
    return [{ name, mode, active: { versionNumber: active.version, template: active.template_source } }];
  });
}

type Registration = Readonly<Record<string, unknown>> | null;

function isOf({ repository, folder }: CodeBase, git: Registration): boolean {
  const file = git?.['file'];
  return git?.['repository'] === repository && (typeof file !== 'string' || file.startsWith(folder));
}
