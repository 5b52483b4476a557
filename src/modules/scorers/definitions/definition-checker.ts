import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { LedgerError, ValidationError } from '../../../kernel/index.js';
import { ModelsService } from '../../models/index.js';
import { PromptResolver } from '../../prompts/index.js';
import { ScorerInvalidError } from '../errors.js';
import type { DefinitionProblem } from '../sandbox/sandbox-job.js';
import { SandboxThreads } from '../sandbox/sandbox-threads.js';
import { JobTimedOut, ThreadDied } from '../sandbox/thread.js';
import type { CheckDefinition, CodeDefinition, ScorerDefinition } from '../scorer-definition.js';
import type { DefinitionDraft } from './write-definition.js';

/** Validates what a definition refers to and contains: prompts, models, patterns, schemas, code. */
@Injectable()
export class DefinitionChecker {
  constructor(
    private readonly prompts: PromptResolver,
    private readonly models: ModelsService,
    private readonly config: AppConfig,
    private readonly threads: SandboxThreads,
  ) {}

  /**
   * Fills in what a judge leaves open, so that it always judges in the same way: the active version, its checksum, the default model.
   * @throws PromptNotFoundError | VersionNotFoundError | NoActiveVersionError | ModelNotFoundError
   * @throws ValidationError `VALIDATION_FAILED` for the checksum of another version.
   */
  async complete(projectId: string, draft: DefinitionDraft): Promise<DefinitionDraft> {
    if (draft.kind !== 'judge') return draft;
    const {
      prompt_name: name,
      version_number: wanted = null,
      prompt_checksum_hash: expected,
      ...rest
    } = draft.members;
    const options = { fresh: true };
    const { version } = await this.prompts.resolve(
      projectId,
      name as string,
      wanted as number | null,
      options,
    );
    const { versionNumber, checksumHash } = version;
    if (expected !== undefined && expected !== checksumHash) {
      const message = `is not the checksum of version ${versionNumber}`;
      throw new ValidationError('Correct the parts of the body that "errors" lists.', [
        { pointer: '/prompt_checksum_hash', message },
      ]);
    }
    const { provider, modelName } = this.config.defaultModel;
    const model = (rest['model'] ?? { provider, model_name: modelName }) as {
      provider: string;
      model_name: string;
    };
    await this.models.getAllowed(projectId, model.provider, model.model_name);
    const pinned = { prompt_name: name, version_number: versionNumber, prompt_checksum_hash: checksumHash };
    return { ...draft, members: { ...pinned, ...rest, model } };
  }

  /**
   * Compiles patterns, schemas and code, in a separate thread.
   * @throws ScorerInvalidError `SCORER_INVALID` if they cannot be used.
   */
  async assertUsable(definition: ScorerDefinition): Promise<void> {
    if (definition.kind !== 'code' && definition.kind !== 'check') return;
    const isCompiled =
      definition.kind === 'code' || definition.check === 'regex' || definition.check === 'json_schema';
    if (!isCompiled) return;
    const problem = await this.inspect(definition);
    if (problem === null) return;
    const { pointer, message } = problem;
    const what = pointer === '/source' ? 'source' : pointer.startsWith('/value') ? 'value' : 'definition';
    throw new ScorerInvalidError(`Correct the ${what} of the scorer: ${message}`, problem);
  }

  private async inspect(definition: CheckDefinition | CodeDefinition): Promise<DefinitionProblem | null> {
    const pointer = definition.kind === 'code' ? '/source' : '/value';
    try {
      return await this.threads.run({ kind: 'inspect', definition });
    } catch (error) {
      if (error instanceof LedgerError) throw error;
      if (error instanceof JobTimedOut || error instanceof ThreadDied) {
        return { pointer, message: 'takes too much to be looked at' };
      }
      throw error;
    }
  }
}
