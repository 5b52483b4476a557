import { Injectable } from '@nestjs/common';
import { heavyWork } from '../../kernel/index.js';
import { checksumOf } from '../../templating/index.js';
import type { Actor, AuditChange } from '../audit/index.js';
import { PromptModeMismatchError, TemplateHashMismatchError } from '../prompts/index.js';
import { type CodePrompt, decideRegistration } from './decide-registration.js';
import { type Fault, listDuplicates, NoPromptsError, refuseFaulty } from './errors.js';
import type { CodePromptDto, GitDto, RegisterCodeDto, RegisteredCodeDto } from './register-code.dto.js';
import type { KnownPrompt, PromptChange } from './tracked-prompts.js';
import { TrackedRegistry } from './tracked-registry.js';

const OUTCOME = 'none was registered';

/** The registry follows the code: what is registered is what is active. */
@Injectable()
export class RegisterCodeService {
  constructor(private readonly registry: TrackedRegistry) {}

  /**
   * All prompts or none.
   * @throws NoPromptsError `NO_PROMPTS`
   * @throws PromptsRefusedError with all prompts of a kind of fault: `VALIDATION_FAILED` for a name that is there
   *   twice, `TEMPLATE_HASH_MISMATCH`, `PROMPT_MODE_MISMATCH` for prompts in full mode, `TEMPLATE_INVALID`.
   */
  async register(who: Actor, request: RegisterCodeDto): Promise<RegisteredCodeDto> {
    const { prompts: sent = null, git = null, dry_run: isDryRun = false } = request;
    if (sent === null || sent.length === 0) throw new NoPromptsError();
    refuseFaulty(listDuplicates(sent), OUTCOME);
    const prompts = await readPrompts(sent, git);
    const registered = await this.registry.change(who, {
      asked: prompts,
      decide: (known) => {
        refuseFaulty(listFull(prompts, known), OUTCOME);
        return decideRegistration(prompts, known);
      },
      reason: 'register',
      audit: (changes) => auditOf(changes, git),
      outcome: OUTCOME,
      isDryRun,
    });
    return { registered };
  }
}

/** @throws PromptsRefusedError `TEMPLATE_HASH_MISMATCH` */
async function readPrompts(sent: readonly CodePromptDto[], git: GitDto | null): Promise<CodePrompt[]> {
  const prompts: CodePrompt[] = [];
  const faults: Fault[] = [];
  for (const [index, prompt] of sent.entries()) {
    const { name, template_source: templateSource, template_hash: sentHash = null, source } = prompt;
    const checksumHash = await heavyWork.run(() => checksumOf({ kind: 'text', templateSource }));
    if (sentHash !== null && sentHash !== checksumHash) {
      faults.push({ index, error: TemplateHashMismatchError.ofTemplate() });
    }
    const { file = null, line = null } = source ?? {};
    prompts.push({ name, templateSource, checksumHash, registration: { ...factsOf(git), file, line } });
  }
  refuseFaulty(faults, OUTCOME);
  return prompts;
}

function factsOf(git: GitDto | null) {
  const { commit = null, branch = null, repository = null, dirty = null } = git ?? {};
  return { commit, branch, repository, dirty };
}

function listFull(prompts: readonly CodePrompt[], known: ReadonlyMap<string, KnownPrompt>): Fault[] {
  return prompts.flatMap(({ name }, index) => {
    const isFull = known.get(name)?.mode === 'full';
    return isFull ? [{ index, error: new PromptModeMismatchError(name, 'full') }] : [];
  });
}

/** One entry for the call. */
function auditOf(changes: readonly PromptChange[], git: GitDto | null): AuditChange {
  const after = {
    ...factsOf(git),
    prompts: changes.map(({ name, version }) => ({ name, version: version.versionNumber })),
  };
  return { action: 'prompt.register', subject: 'prompts', after };
}
