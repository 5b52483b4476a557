import { Injectable } from '@nestjs/common';
import { heavyWork } from '../../../kernel/index.js';
import { computeChecksum } from '../../../templating/index.js';
import type { AuthorizedActor } from '../../auth/index.js';
import { auditPromptChanges } from '../audit-prompt-changes.js';
import { decideMigration, type MigratingPrompt } from './decide-migration.js';
import { listDuplicates, NoPromptsError, refuseFaulty } from '../errors.js';
import type { MigratedPromptsDto, MigratePromptDto, MigratePromptsDto } from './migrate-prompts.dto.js';
import { TrackedRegistry } from '../tracked-registry.js';

const OUTCOME = 'none was migrated';

/** Moves prompts from tracking to full mode. Versions, numbers and executions stay. */
@Injectable()
export class MigratePromptsService {
  constructor(private readonly registry: TrackedRegistry) {}

  /**
   * Migrates all prompts or none.
   * @throws NoPromptsError `NO_PROMPTS`
   * @throws PromptsRefusedError with all prompts that share a kind of fault: `VALIDATION_FAILED` for a duplicate name,
   *   `PROMPT_NOT_FOUND`, `PROMPT_MODE_MISMATCH` for prompts in full mode, `TEMPLATE_INVALID`.
   */
  async migrate(
    actor: AuthorizedActor,
    { prompts: sent = null }: MigratePromptsDto,
  ): Promise<MigratedPromptsDto> {
    if (sent === null || sent.length === 0) throw new NoPromptsError();
    refuseFaulty(listDuplicates(sent), OUTCOME);
    const prompts = await readPrompts(sent);
    const migrated = await this.registry.change(actor, {
      asked: prompts,
      decide: (known) => decideMigration(prompts, known, OUTCOME),
      reason: 'migrate',
      audit: (changes) => auditPromptChanges('prompt.migrate', changes),
      outcome: OUTCOME,
    });
    return { migrated };
  }
}

async function readPrompts(sent: readonly MigratePromptDto[]): Promise<MigratingPrompt[]> {
  const prompts: MigratingPrompt[] = [];
  for (const { name, template_source: templateSource = null } of sent) {
    const checksumHash =
      templateSource === null
        ? null
        : await heavyWork.run(() => computeChecksum({ kind: 'text', templateSource }));
    prompts.push({ name, templateSource, checksumHash });
  }
  return prompts;
}
