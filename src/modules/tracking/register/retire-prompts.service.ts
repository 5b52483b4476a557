import { Injectable } from '@nestjs/common';
import type { AuthorizedActor } from '../../auth/index.js';
import { auditPromptChanges } from '../audit-prompt-changes.js';
import { decideRetirement } from './decide-retirement.js';
import { listDuplicates, NoPromptsError, refuseFaulty } from '../errors.js';
import { toFacts } from './register-code.service.js';
import type { RetiredPromptsDto, RetirePromptsDto } from './retire-prompts.dto.js';
import { TrackedRegistry } from '../tracked-registry.js';

const OUTCOME = 'none was retired';

/** Retires prompts that were removed from the code. Registering one again brings it back. */
@Injectable()
export class RetirePromptsService {
  constructor(private readonly registry: TrackedRegistry) {}

  /**
   * Retires all prompts or none; those that are already retired stay so.
   * @throws NoPromptsError `NO_PROMPTS`
   * @throws PromptsRefusedError with all prompts that share a kind of fault: `VALIDATION_FAILED` for a duplicate name,
   *   `PROMPT_NOT_FOUND`, `PROMPT_MODE_MISMATCH` for prompts in full mode.
   */
  async retire(actor: AuthorizedActor, request: RetirePromptsDto): Promise<RetiredPromptsDto> {
    const { prompts: sent = null, git = null, dry_run: isDryRun = false } = request;
    if (sent === null || sent.length === 0) throw new NoPromptsError();
    refuseFaulty(listDuplicates(sent), OUTCOME);
    const prompts = sent.map(({ name }) => ({ name, checksumHash: null }));
    const retired = await this.registry.change(actor, {
      asked: prompts,
      decide: (known) => decideRetirement(prompts, known, OUTCOME),
      reason: 'retire',
      audit: (changes) => auditPromptChanges('prompt.retire', changes, toFacts(git)),
      outcome: OUTCOME,
      isDryRun,
    });
    return { retired };
  }
}
