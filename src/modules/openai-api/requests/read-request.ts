import { type ErrorEntry, ValidationError } from '../../../kernel/index.js';
import { suggestNone, type SuggestModels } from '../../models/index.js';
import { type ContentExtras, readContentExtras } from '../../../templating/index.js';
import { type ParamsDto, readModelChoice, type RunRequest } from '../../executions/index.js';
import { type AskedModel, readAskedModel } from './asked-model.js';
import type { ChatCompletionRequestDto } from './chat-completion-request.dto.js';
import { readMessages } from './read-messages.js';
import { readUnitKey } from './read-unit-key.js';
import { toVendorParams } from './sent-vendor-params.js';

/** Members that belong to the version of a prompt, so that a request cannot override them. */
const OF_THE_VERSION = ['tools', 'tool_choice', 'parallel_tool_calls', 'response_format'] as const;
const OF_A_PROMPT = ['prompt_variables', 'prompt_model'] as const;

/**
 * Turns a chat completion into an execution of a prompt, or of its own messages.
 * @param suggest returns the models that may have been meant.
 * @throws ValidationError `VALIDATION_FAILED` | ModelNotFoundError `MODEL_NOT_FOUND`
 */
export function readRequest(body: ChatCompletionRequestDto, suggest = suggestNone): RunRequest {
  const asked = readAskedModel(body.model, suggest);
  const errors = [
    ...limitErrors(body),
    ...streamErrors(body),
    ...parallelErrors(body),
    ...misplaced(body, asked),
  ];
  if (errors.length > 0) {
    throw new ValidationError('Correct the parts of the body that "errors" lists.', errors);
  }
  const { environment = null, timeout_ms = null, on_budget = null, cache = null, user = null } = body;
  const common = {
    ...{ environment, timeout_ms, on_budget, cache },
    correlation_id: user,
    unit_key: readUnitKey(body),
    params: toParams(body),
    vendor_params: toVendorParams(body),
  };
  if (asked.kind === 'prompt') {
    const { prompt_variables: variables, prompt_model: model } = body;
    return {
      ...common,
      prompt_name: asked.name,
      version_number: asked.versionNumber,
      model: isAbsent(model) ? null : checkedModel(model, suggest),
      ...(isAbsent(variables) ? {} : { variables }),
      ...(isEmpty(body.messages) ? {} : { further_messages: readMessages(body.messages) }),
    };
  }
  return {
    ...common,
    bare: { messages: readMessages(body.messages), extras: readExtras(body) },
    model: asked.kind === 'route' ? { route: asked.name } : asked.id,
  };
}

/** Leaves out `parallel_tool_calls`, which is passed on to providers that have it. */
function readExtras({ tools, tool_choice, response_format }: ChatCompletionRequestDto): ContentExtras | null {
  return readContentExtras({ tools, tool_choice, response_format });
}

/** Validates the model here, so that pointers use this API's name of the member. */
function checkedModel(value: unknown, suggest: SuggestModels): NonNullable<RunRequest['model']> {
  readModelChoice(value, '/prompt_model', suggest);
  return value as NonNullable<RunRequest['model']>;
}

function toParams(body: ChatCompletionRequestDto): ParamsDto {
  const { temperature = null, top_p = null, top_k = null, repetition_penalty = null } = body;
  const { stop = null, seed = null, max_tokens, max_completion_tokens } = body;
  const max_new_tokens = max_completion_tokens ?? max_tokens ?? null;
  return { temperature, top_p, top_k, repetition_penalty, stop, seed, max_new_tokens };
}

function limitErrors({ max_tokens, max_completion_tokens }: ChatCompletionRequestDto): ErrorEntry[] {
  if (isAbsent(max_tokens) || isAbsent(max_completion_tokens) || max_tokens === max_completion_tokens) {
    return [];
  }
  return [{ pointer: '/max_tokens', message: 'differs from max_completion_tokens' }];
}

function parallelErrors({ parallel_tool_calls: parallel }: ChatCompletionRequestDto): ErrorEntry[] {
  if (isAbsent(parallel) || typeof parallel === 'boolean') return [];
  return [{ pointer: '/parallel_tool_calls', message: 'must be a boolean value' }];
}

/** Refuses `stream_options` without `stream`, as OpenAI does, because a client that expects usage forgot to ask for the stream. */
function streamErrors({ stream, stream_options }: ChatCompletionRequestDto): ErrorEntry[] {
  if (stream === true || isAbsent(stream_options) || Object.keys(stream_options).length === 0) return [];
  return [{ pointer: '/stream_options', message: 'is only allowed when stream is true' }];
}

function misplaced(body: ChatCompletionRequestDto, asked: AskedModel): ErrorEntry[] {
  if (asked.kind !== 'prompt') {
    const sent = OF_A_PROMPT.filter((member) => !isAbsent(body[member]));
    return sent.map((member) => ({
      pointer: `/${member}`,
      message: 'needs a model that names a prompt, such as prompt/doc_summarizer',
    }));
  }
  return OF_THE_VERSION.filter((member) => !isAbsent(body[member])).map((member) => ({
    pointer: `/${member}`,
    message: 'cannot be sent with a prompt: the version defines it',
  }));
}

/** Whether there are no messages. Clients that always send the member send an empty list. */
function isEmpty(messages: unknown): boolean {
  return Array.isArray(messages) ? messages.length === 0 : isAbsent(messages);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
