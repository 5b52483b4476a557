import { isNewRegistration, type RegistrationFacts } from '../versions/index.js';
import type { RegisteredPromptDto } from './register-code.dto.js';
import type { KnownPrompt, PromptChange } from './tracked-prompts.js';

/** A prompt as the code has it. */
export interface CodePrompt {
  readonly name: string;
  readonly templateSource: string;
  readonly checksumHash: string;
  readonly registration: RegistrationFacts;
}

export interface Decision<Answer> {
  /** One for each prompt that was sent, in order. */
  readonly answers: Answer[];
  /** Only of those prompts that change. */
  readonly changes: PromptChange[];
}

/**
 * What a registration makes of the registry: each prompt points to the version of its content afterwards, which is
 * made if the prompt never had it. Pure.
 * @param known by name; each in tracking mode.
 */
export function decideRegistration(
  prompts: readonly CodePrompt[],
  known: ReadonlyMap<string, KnownPrompt>,
): Decision<RegisteredPromptDto> {
  const answers: RegisteredPromptDto[] = [];
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
  { name, templateSource, checksumHash, registration }: CodePrompt,
  known: KnownPrompt | null,
): { answer: RegisteredPromptDto; change: PromptChange | null } {
  const active = known?.active ?? null;
  const same = known?.same ?? null;
  const versionNumber = same?.versionNumber ?? (known?.highestNumber ?? 0) + 1;
  const isActive = same !== null && same.versionId === active?.versionId;
  const isChanged = known !== null && !isActive;
  const answer = answerOf(name, versionNumber, isChanged, active?.versionNumber ?? null);
  const isTold = same === null || isNewRegistration(registration, same.latestRegistration);
  if (isActive && !isTold) return { answer, change: null };
  const change: PromptChange = {
    index,
    name,
    prompt: known,
    toMode: null,
    version:
      same === null
        ? { isNew: true, versionNumber, templateSource, checksumHash }
        : { isNew: false, versionNumber, versionId: same.versionId },
    activation: isActive ? null : { fromVersionId: active?.versionId ?? null },
    registration: isTold ? registration : null,
  };
  return { answer, change };
}

function answerOf(
  name: string,
  version: number,
  isChanged: boolean,
  activeNumber: number | null,
): RegisteredPromptDto {
  const previous = isChanged ? activeNumber : null;
  return { name, mode: 'tracking', version, change_detected: isChanged, previous_version: previous };
}
