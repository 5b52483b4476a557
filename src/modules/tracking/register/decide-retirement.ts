import { NoActiveVersionError, PromptModeMismatchError, PromptNotFoundError } from '../../prompts/index.js';
import { type Fault, refuseFaulty } from '../errors.js';
import type { RetiredPromptDto } from './retire-prompts.dto.js';
import type { AskedPrompt, Decision, KnownPrompt, PromptChange } from '../tracked-prompts.js';

/**
 * Decides the retirement of prompts that are gone from the code, without side effects. Only marks them. Keeps all versions and
 * the active one, because instances with the older code go on executing them while a new release rolls out.
 * @throws PromptsRefusedError with all prompts that do not exist (`PROMPT_NOT_FOUND`), or are in full mode
 *   (`PROMPT_MODE_MISMATCH`).
 */
export function decideRetirement(
  prompts: readonly AskedPrompt[],
  known: ReadonlyMap<string, KnownPrompt>,
  outcome: string,
): Decision<RetiredPromptDto> {
  const faults: Fault[] = [];
  const answers: RetiredPromptDto[] = [];
  const changes: PromptChange[] = [];
  for (const [index, { name }] of prompts.entries()) {
    const prompt = known.get(name);
    const active = prompt?.active ?? null;
    if (prompt === undefined) faults.push({ index, error: new PromptNotFoundError(name) });
    else if (prompt.mode === 'full') faults.push({ index, error: new PromptModeMismatchError(name, 'full') });
    else if (active === null) faults.push({ index, error: new NoActiveVersionError(name) });
    else {
      const isChange = !prompt.isRetired;
      answers.push({ name, mode: 'tracking', version: active.versionNumber, change_detected: isChange });
      if (isChange) changes.push(toRetirement(index, prompt, active));
    }
  }
  refuseFaulty(faults, outcome);
  return { answers, changes };
}

function toRetirement(
  index: number,
  prompt: KnownPrompt,
  active: NonNullable<KnownPrompt['active']>,
): PromptChange {
  return {
    index,
    name: prompt.name,
    prompt,
    toMode: null,
    version: { isNew: false, ...active },
    activation: null,
    registration: null,
    metadata: null,
    toRetired: true,
  };
}
