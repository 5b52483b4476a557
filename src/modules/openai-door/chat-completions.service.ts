import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { pathOf, type RawAnswer, writeRawAnswer } from '../../infra/http/index.js';
import type { Caller } from '../auth/index.js';
import {
  type ExecutionDoor,
  type ExecutionResultDto,
  RunService,
  StreamService,
  type UsedKey,
} from '../executions/index.js';
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
    const execution = readRequest(body);
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
}
