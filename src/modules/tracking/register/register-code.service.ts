import { Injectable } from '@nestjs/common';
import { heavyWork, LedgerError, ValidationError } from '../../../kernel/index.js';
import { computeChecksum, type PromptContent, readContentExtras } from '../../../templating/index.js';
import type { AuthorizedActor } from '../../auth/index.js';
import { auditPromptChanges } from '../audit-prompt-changes.js';
import {
  findContentWarnings,
  PromptKindMismatchError,
  PromptModeMismatchError,
  TemplateHashMismatchError,
} from '../../prompts/index.js';
import { type CodePrompt, type DecidedPrompt, decideRegistration } from './decide-registration.js';
import { type Fault, listDuplicates, NoPromptsError, refuseFaulty } from '../errors.js';
import {
  type CodePromptDto,
  type GitDto,
  MAX_TEMPLATE_CHARS,
  type RegisterCodeDto,
  type RegisteredCodeDto,
  type RegisteredPromptDto,
} from './register-code.dto.js';
import type { KnownPrompt } from '../tracked-prompts.js';
import { TrackedRegistry } from '../tracked-registry.js';

const OUTCOME = 'none was registered';

/** Makes the registry follow the code. A registered version becomes the active one of its environment. */
@Injectable()
export class RegisterCodeService {
  constructor(private readonly registry: TrackedRegistry) {}

  /**
   * Registers all prompts or none.
   * @throws NoPromptsError `NO_PROMPTS`
   * @throws PromptsRefusedError with all prompts that share a kind of fault: `VALIDATION_FAILED` for a duplicate name or a
   *   content of another kind than the prompt's, `TEMPLATE_HASH_MISMATCH`, `PROMPT_MODE_MISMATCH` for prompts in full mode,
   *   `TEMPLATE_INVALID`, `ENVIRONMENT_PROTECTED` for pointers that only a change may move.
   */
  async register(actor: AuthorizedActor, request: RegisterCodeDto): Promise<RegisteredCodeDto> {
    const { prompts: sent = null, git = null, environment = null, dry_run: isDryRun = false } = request;
    if (sent === null || sent.length === 0) throw new NoPromptsError();
    refuseFaulty(listDuplicates(sent), OUTCOME);
    const prompts = await readPrompts(sent, git);
    const registered = await this.registry.change(actor, {
      asked: prompts,
      decide: (known) => {
        refuseFaulty(listFull(prompts, known), OUTCOME);
        refuseFaulty(listOfOtherKind(prompts, known), OUTCOME);
        return decideRegistration(prompts, known);
      },
      ...(environment === null ? {} : { environment }),
      reason: 'register',
      audit: (changes) =>
        auditPromptChanges('prompt.register', changes, {
          ...(environment === null ? {} : { environment }),
          ...toFacts(git),
        }),
      outcome: OUTCOME,
      isDryRun,
    });
    return { registered: await withWarnings(registered, prompts) };
  }
}

/** @param decided one for each prompt, in order. */
async function withWarnings(
  decided: readonly DecidedPrompt[],
  prompts: readonly CodePrompt[],
): Promise<RegisteredPromptDto[]> {
  const registered: RegisteredPromptDto[] = [];
  for (const [index, each] of decided.entries()) {
    const extras = prompts[index]?.content.extras;
    registered.push({ ...each, warnings: await heavyWork.run(() => findContentWarnings(extras)) });
  }
  return registered;
}

/** @throws PromptsRefusedError `TEMPLATE_HASH_MISMATCH` */
async function readPrompts(sent: readonly CodePromptDto[], git: GitDto | null): Promise<CodePrompt[]> {
  const prompts: CodePrompt[] = [];
  const faults: Fault[] = [];
  for (const [index, prompt] of sent.entries()) {
    const { name, template_hash: sentHash = null, source } = prompt;
    const content = toContent(prompt);
    if (content instanceof LedgerError) {
      faults.push({ index, error: content });
      continue;
    }
    const checksumHash = await heavyWork.run(() => computeChecksum(content));
    if (sentHash !== null && !matchesHash(sentHash, content, checksumHash)) {
      faults.push({ index, error: TemplateHashMismatchError.ofTemplate() });
    }
    const { file = null, line = null } = source ?? {};
    const registration = { ...toFacts(git), file, line };
    prompts.push({ name, content, checksumHash, registration, metadata: formatMetadata(prompt) });
  }
  refuseFaulty(faults, OUTCOME);
  return prompts;
}

/** Also accepts the hash of the template alone for content with a schema, because it proves as well that the template arrived. */
function matchesHash(sentHash: string, content: PromptContent, checksumHash: string): boolean {
  if (sentHash === checksumHash) return true;
  if (content.kind === 'chat' || content.extras === undefined) return false;
  return sentHash === computeChecksum({ kind: 'text', templateSource: content.templateSource });
}

/** Returns the content that was sent, or the error in it. */
function toContent(prompt: CodePromptDto): PromptContent | LedgerError {
  const templates = toTemplates(prompt);
  if (templates instanceof LedgerError) return templates;
  try {
    const { variables_schema, response_format } = prompt;
    const extras = readContentExtras({ variables_schema, response_format });
    return extras === null ? templates : { ...templates, extras };
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
}

function toTemplates({
  template_source: templateSource,
  messages,
}: CodePromptDto): PromptContent | LedgerError {
  if (messages === undefined) return { kind: 'text', templateSource: templateSource as string };
  if (templateSource !== undefined) {
    const message = 'cannot be used with template_source: a prompt is a text or messages';
    return new ValidationError('Send exactly one of template_source and messages.', [
      { pointer: '/messages', message },
    ]);
  }
  const chars = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (chars > MAX_TEMPLATE_CHARS) {
    const message = `must have at most ${MAX_TEMPLATE_CHARS} characters in all`;
    return new ValidationError('Send shorter messages.', [{ pointer: '/messages', message }]);
  }
  return { kind: 'chat', messages };
}

function formatMetadata({ description, owner_team: ownerTeam, tags }: CodePromptDto): CodePrompt['metadata'] {
  return {
    ...(description === undefined ? {} : { description }),
    ...(ownerTeam === undefined ? {} : { ownerTeam }),
    ...(tags === undefined ? {} : { tags }),
  };
}

export function toFacts(git: GitDto | null) {
  const { commit = null, branch = null, repository = null, dirty = null } = git ?? {};
  return { commit, branch, repository, dirty };
}

function listFull(prompts: readonly CodePrompt[], known: ReadonlyMap<string, KnownPrompt>): Fault[] {
  return prompts.flatMap(({ name }, index) => {
    const isFull = known.get(name)?.mode === 'full';
    return isFull ? [{ index, error: new PromptModeMismatchError(name, 'full') }] : [];
  });
}

function listOfOtherKind(prompts: readonly CodePrompt[], known: ReadonlyMap<string, KnownPrompt>): Fault[] {
  return prompts.flatMap(({ name, content }, index) => {
    const kind = known.get(name)?.kind ?? content.kind;
    return kind === content.kind
      ? []
      : [{ index, error: new PromptKindMismatchError(name, kind, content.kind) }];
  });
}
