import { LedgerError } from '../../../kernel/index.js';
import {
  NoActiveVersionError,
  PromptKindMismatchError,
  PromptModeMismatchError,
  PromptNotFoundError,
} from '../../prompts/index.js';
import { type Fault, refuseFaulty } from '../errors.js';
import type { MigratedPromptDto } from './migrate-prompts.dto.js';
import type { AskedPrompt, Decision, KnownPrompt, PromptChange } from '../tracked-prompts.js';

/** A prompt that moves to full mode. Template and checksum are null when its content stays. */
export interface MigratingPrompt extends AskedPrompt {
  readonly templateSource: string | null;
}

/**
 * Decides a migration, without side effects. Each prompt ends up in full mode, with the content that was sent or the content
 * that it had.
 * @throws PromptsRefusedError with all prompts that do not exist (`PROMPT_NOT_FOUND`), or are in full mode already
 *   (`PROMPT_MODE_MISMATCH`).
 */
export function decideMigration(
  prompts: readonly MigratingPrompt[],
  known: ReadonlyMap<string, KnownPrompt>,
  outcome: string,
): Decision<MigratedPromptDto> {
  const faults: Fault[] = [];
  const answers: MigratedPromptDto[] = [];
  const changes: PromptChange[] = [];
  for (const [index, prompt] of prompts.entries()) {
    try {
      const { answer, change } = decideOne(index, prompt, known.get(prompt.name));
      answers.push(answer);
      changes.push(change);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      faults.push({ index, error });
    }
  }
  refuseFaulty(faults, outcome);
  return { answers, changes };
}

function decideOne(
  index: number,
  prompt: MigratingPrompt,
  known: KnownPrompt | undefined,
): { answer: MigratedPromptDto; change: PromptChange } {
  const { name } = prompt;
  if (known === undefined) throw new PromptNotFoundError(name);
  if (known.mode === 'full') throw new PromptModeMismatchError(name, 'full');
  if (prompt.templateSource !== null && known.kind === 'chat')
    throw new PromptKindMismatchError(name, 'chat', 'text');
  const version = decideVersion(prompt, known);
  if (version === null) throw new NoActiveVersionError(name);
  const { active } = known;
  const isActive = !version.isNew && version.versionId === active?.versionId;
  const activation = isActive ? null : { fromVersionId: active?.versionId ?? null };
  return {
    answer: { name, mode: 'full', version: version.versionNumber, version_change: version.isNew },
    change: {
      index,
      name,
      prompt: known,
      toMode: 'full',
      version,
      activation,
      registration: null,
      metadata: null,
      // In full mode, it no longer matters whether the code has the prompt.
      toRetired: known.isRetired ? false : null,
    },
  };
}

/** Returns the version that is active afterwards; null for none. */
function decideVersion(
  { templateSource, checksumHash }: MigratingPrompt,
  { active, same, highestNumber }: KnownPrompt,
): PromptChange['version'] | null {
  if (templateSource === null || checksumHash === null) return active && { isNew: false, ...active };
  const content = { kind: 'text', templateSource } as const;
  if (same === null) return { isNew: true, versionNumber: highestNumber + 1, content, checksumHash };
  return { isNew: false, versionNumber: same.versionNumber, versionId: same.versionId };
}
