import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { getPath, type RawAnswer, writeRawAnswer } from '../../infra/http/index.js';
import { ValidationError } from '../../kernel/index.js';
import type { Caller } from '../auth/index.js';
import {
  type ExecutionProtocol,
  type ExecutionResultDto,
  type RunRequest,
  RunRights,
  RunService,
  StreamService,
  type UsedKey,
} from '../executions/index.js';
import { ModelNotFoundError, ModelsService } from '../models/index.js';
import { ProviderRegistry, takesVendorParam } from '../providers/index.js';
import { ProjectProviders } from '../secrets/index.js';
import type { ChatCompletionRequestDto } from './requests/chat-completion-request.dto.js';
import { toChatCompletion } from './answers/chat-completion.js';
import { CompletionChunks } from './answers/completion-chunks.js';
import { readRequest } from './requests/read-request.js';
import { listVendorParams } from './requests/sent-vendor-params.js';
import { rolloutHeaders } from './rollout-headers.js';

/** Runs everything that `:run` runs, and answers as OpenAI does. It never queues. */
const PROTOCOL: ExecutionProtocol = {
  admit: () => undefined,
  present: (execution, _of, completion) => toChatCompletion(execution as ExecutionResultDto, completion),
  headers: (execution) => toHeaders(execution),
};

const IGNORED_HEADER = 'X-Ignored-Params';

export interface ChatCompletionOptions {
  readonly key: UsedKey | null;
  readonly request: Request;
  readonly response: Response;
}

interface ChatCompletion extends ChatCompletionOptions {
  readonly body: ChatCompletionRequestDto;
  readonly variablesJson: string | null;
}

/** Runs chat completions as executions. */
@Injectable()
export class ChatCompletionsService {
  constructor(
    private readonly rights: RunRights,
    private readonly runs: RunService,
    private readonly streams: StreamService,
    private readonly models: ModelsService,
    private readonly registry: ProviderRegistry,
    private readonly providers: ProjectProviders,
  ) {}

  /**
   * Writes the whole answer: a completion, or its chunks.
   * @param variablesJson the text of `prompt_variables` as received.
   * @throws what `readRequest`, `RunRights.whenMayRun` and `RunService.run` throw; then nothing was written.
   */
  async create(
    caller: Caller,
    body: ChatCompletionRequestDto,
    variablesJson: string | null,
    { key, request, response }: ChatCompletionOptions,
  ): Promise<void> {
    const execution = await this.read(caller, body);
    await this.rights.whenMayRun(caller, execution, () =>
      this.run(caller, execution, { body, variablesJson, key, request, response }),
    );
  }

  private async run(
    caller: Caller,
    execution: RunRequest,
    { body, variablesJson, key, request, response }: ChatCompletion,
  ): Promise<void> {
    const variables = execution.variables === undefined ? null : variablesJson;
    const options = {
      path: getPath(request),
      key,
      protocol: this.protocolFor(caller.projectId, execution, request.body),
    };
    if (body.stream === true) {
      const format = new CompletionChunks({ includeUsage: body.stream_options?.include_usage === true });
      await this.streams.stream(caller, execution, variables, { ...options, request, response, format });
      return;
    }
    const answer: RawAnswer = await this.runs.run(caller, execution, variables, options);
    writeRawAnswer(response, answer);
  }

  /** @param body the unmodified body. */
  private protocolFor(
    projectId: string,
    { vendor_params: sent }: RunRequest,
    body: unknown,
  ): ExecutionProtocol {
    const names = listVendorParams(body);
    if (names.length === 0) return PROTOCOL;
    const isIgnored = (name: string, provider: string): boolean =>
      // A call without tools does not send it.
      (name === 'parallel_tool_calls' && sent?.[name] === undefined) ||
      !takesVendorParam((this.providers.peek(projectId) ?? this.registry).get(provider), name);
    return {
      ...PROTOCOL,
      headers: (execution) => {
        const ignored = names.filter((name) => isIgnored(name, execution.model.provider));
        return {
          ...toHeaders(execution),
          ...(ignored.length === 0 ? {} : { [IGNORED_HEADER]: ignored.join(', ') }),
        };
      },
    };
  }

  /** Loads the list of models only for a request that is refused. */
  private async read({ projectId }: Caller, body: ChatCompletionRequestDto): Promise<RunRequest> {
    try {
      return readRequest(body);
    } catch (error) {
      const isOfModel = error instanceof ModelNotFoundError || listPointers(error).includes('/prompt_model');
      if (!isOfModel) throw error;
      return readRequest(body, await this.models.loadSuggestions(projectId));
    }
  }
}

function toHeaders({ execution_id: id, rollout }: Pick<ExecutionResultDto, 'execution_id' | 'rollout'>) {
  return { 'X-Execution-Id': id, ...rolloutHeaders(rollout) };
}

function listPointers(error: unknown): string[] {
  const { errors = [] } = error instanceof ValidationError ? error : {};
  return errors.map(({ pointer }) => /^\/[^/]*/.exec(pointer)?.[0] ?? '');
}
