import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { pathOf, type RawAnswer, writeRawAnswer } from '../../infra/http/index.js';
import { ValidationError } from '../../kernel/index.js';
import type { Caller } from '../auth/index.js';
import {
  type ExecutionDoor,
  type ExecutionResultDto,
  type RunRequest,
  RunService,
  StreamService,
  type UsedKey,
} from '../executions/index.js';
import { ModelNotFoundError, ModelsService } from '../models/index.js';
import type { ChatCompletionRequestDto } from './chat-completion-request.dto.js';
import { chatCompletionOf } from './chat-completion.js';
import { CompletionChunks } from './completion-chunks.js';
import { readRequest } from './read-request.js';

/** Runs everything that `:run` runs, and answers as OpenAI does. Nothing is queued by this door. */
const DOOR: ExecutionDoor = {
  admit: () => undefined,
  present: (execution, _of, completion) => chatCompletionOf(execution as ExecutionResultDto, completion),
  headers: ({ execution_id: id }) => ({ 'X-Execution-Id': id }),
};

export interface ChatCompletionOptions {
  readonly key: UsedKey | null;
  readonly request: Request;
  readonly response: Response;
}

/** Chat completions as executions. */
@Injectable()
export class ChatCompletionsService {
  constructor(
    private readonly runs: RunService,
    private readonly streams: StreamService,
    private readonly models: ModelsService,
  ) {}

  /**
   * Writes the whole answer: a completion, or its chunks.
   * @param variablesJson the text of `prompt_variables` as received.
   * @throws what `readRequest` and `RunService.run` throw; then nothing was written.
   */
  async create(
    who: Caller,
    body: ChatCompletionRequestDto,
    variablesJson: string | null,
    { key, request, response }: ChatCompletionOptions,
  ): Promise<void> {
    const execution = await this.read(who, body);
    const variables = execution.variables === undefined ? null : variablesJson;
    const options = { path: pathOf(request), key, door: DOOR };
    if (body.stream === true) {
      const format = new CompletionChunks({ includeUsage: body.stream_options?.include_usage === true });
      await this.streams.stream(who, execution, variables, { ...options, request, response, format });
      return;
    }
    const answer: RawAnswer = await this.runs.run(who, execution, variables, options);
    writeRawAnswer(response, answer);
  }

  /** Only who is refused waits for the list of models. */
  private async read({ projectId }: Caller, body: ChatCompletionRequestDto): Promise<RunRequest> {
    try {
      return readRequest(body);
    } catch (error) {
      const isOfModel = error instanceof ModelNotFoundError || pointersOf(error).includes('/prompt_model');
      if (!isOfModel) throw error;
      return readRequest(body, await this.models.loadSuggestions(projectId));
    }
  }
}

function pointersOf(error: unknown): string[] {
  const { errors = [] } = error instanceof ValidationError ? error : {};
  return errors.map(({ pointer }) => /^\/[^/]*/.exec(pointer)?.[0] ?? '');
}
