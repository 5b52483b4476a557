import { isDeepStrictEqual } from 'node:util';
import type { PromptContent } from '../../../templating/index.js';
import { isNewRegistration, type RegistrationFacts } from '../../versions/index.js';
import type { RegisteredPromptDto, RegistrationOutcome } from './register-code.dto.js';
import type { Decision, KnownPrompt, PromptChange, PromptMetadata } from '../tracked-prompts.js';

/** A prompt as the code has it. */
export interface CodePrompt {
  readonly name: string;
  readonly content: PromptContent;
  readonly checksumHash: string;
  readonly registration: RegistrationFacts;
  /** The metadata to set; members that the code leaves out are kept. */
  readonly metadata: Partial<PromptMetadata>;
}

/** The answer for a prompt, without the warnings, which depend on its content alone. */
export type DecidedPrompt = Omit<RegisteredPromptDto, 'warnings'>;

/**
 * Decides a registration, without side effects. Each prompt ends up pointing to the version with its content, which is created
 * if the prompt never had it.
 * @param known by name; each in tracking mode.
 */
export function decideRegistration(
  prompts: readonly CodePrompt[],
  known: ReadonlyMap<string, KnownPrompt>,
): Decision<DecidedPrompt> {
  const answers: DecidedPrompt[] = [];
  const changes: PromptChange[] = [];
  for (const [index, prompt] of prompts.entries()) {
    const { answer, change } = decideOne(index, prompt, known.get(prompt.name) ?? null);
    answers.push(answer);
    if (change !== null) changes.push(change);
  }
  return { answers, changes };
}

function decideOne(
  index: number,
  { name, content, checksumHash, registration, metadata: sent }: CodePrompt,
  known: KnownPrompt | null,
): { answer: DecidedPrompt; change: PromptChange | null } {
  const active = known?.active ?? null;
  const same = known?.same ?? null;
  const versionNumber = same?.versionNumber ?? (known?.highestNumber ?? 0) + 1;
  const isActive = same !== null && same.versionId === active?.versionId;
  const isChanged = known !== null && !isActive;
  const metadata = changedMetadata(sent, known);
  const isReturning = known?.isRetired === true;
  const outcome = decideOutcome(known, { isReturning, isChanged, hasMetadata: metadata !== null });
  const previous = isChanged ? (active?.versionNumber ?? null) : null;
  const answer: DecidedPrompt = {
    name,
    mode: 'tracking',
    version: versionNumber,
    change_detected: isChanged,
    previous_version: previous,
    outcome,
  };
  const isTold = same === null || isNewRegistration(registration, same.latestRegistration);
  if (isActive && !isTold && metadata === null && !isReturning) return { answer, change: null };
  const change: PromptChange = {
    index,
    name,
    prompt: known,
    toMode: null,
    version:
      same === null
        ? { isNew: true, versionNumber, content, checksumHash }
        : { isNew: false, versionNumber, versionId: same.versionId },
    activation: isActive ? null : { fromVersionId: active?.versionId ?? null },
    registration: isTold ? registration : null,
    metadata,
    toRetired: isReturning ? false : null,
  };
  return { answer, change };
}

/** Returns the metadata that differs from before; null when none does. */
function changedMetadata(
  sent: Partial<PromptMetadata>,
  known: KnownPrompt | null,
): Partial<PromptMetadata> | null {
  const before: PromptMetadata = known?.metadata ?? { description: null, ownerTeam: null, tags: [] };
  const keys = Object.keys(sent) as (keyof PromptMetadata)[];
  const changed = keys.filter((key) => !isDeepStrictEqual(sent[key], before[key]));
  return changed.length === 0 ? null : Object.fromEntries(changed.map((key) => [key, sent[key]]));
}

function decideOutcome(
  known: KnownPrompt | null,
  facts: { readonly isReturning: boolean; readonly isChanged: boolean; readonly hasMetadata: boolean },
): RegistrationOutcome {
  if (known === null) return 'new';
  if (facts.isReturning) return 'returned';
  if (facts.isChanged) return 'changed';
  return facts.hasMetadata ? 'metadata' : 'unchanged';
}
