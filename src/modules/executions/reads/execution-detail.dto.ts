import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { AttemptStatus, ExecutionErrorType } from '../../../entities/index.js';
import { ApiId, ApiInteger, ApiMoney, ApiTime } from '../../../infra/http/index.js';
import { ChatMessageDto, ContentExtrasDto } from '../../prompts/index.js';
import { RegistrationDto } from '../../versions/index.js';
import { ModelRefDto, ParamsDto } from '../wire/model-choice.dto.js';
import { ERROR_TYPES, ExecutionResultDto, ExecutionSummaryDto, ToolCallDto } from '../wire/executions.dto.js';

const ATTEMPT_STATUSES = ['dispatched', 'succeeded', 'failed', 'outcome_unknown', 'fenced'] as const;

export class AttemptDto {
  /** The number of the attempt, from 1. */
  @ApiInteger()
  attempt!: number;

  /** How the call ended; `dispatched` while it runs. */
  @ApiProperty({ enum: ATTEMPT_STATUSES })
  status!: AttemptStatus;

  /** The provider that was called. */
  provider!: string;

  /** The model that was called. */
  model_name!: string;

  /** When the call began. */
  @ApiTime()
  started_at!: string;

  /** When the call ended; null while it runs. */
  @ApiTime()
  completed_at!: string | null;

  /** The duration of the call in milliseconds. */
  @ApiInteger()
  latency_ms!: number | null;

  /** The prompt's tokens as counted by the provider; null when it did not report them. */
  @ApiInteger()
  prompt_tokens!: number | null;

  /** The answer's tokens as counted by the provider; null when it did not report them. */
  @ApiInteger()
  response_tokens!: number | null;

  /** Milliseconds to the first piece of the answer; null when there was none or the answer was not streamed. */
  @ApiInteger()
  time_to_first_token_ms!: number | null;

  /** The exact cost of the call in US dollars; null when it is unknown. */
  @ApiMoney()
  cost_usd!: string | null;

  /** The cost in whole pico-dollars. */
  @ApiMoney('1234500000')
  cost_pico_usd!: string | null;

  /** The id of the price that the cost is based on. */
  @ApiId()
  price_id!: string | null;

  /** The provider's usage report, unchanged; null when it sent none. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  usage!: unknown;

  /** The kind of failure; null unless it failed. */
  @ApiProperty({ enum: ERROR_TYPES, nullable: true })
  error_type!: ExecutionErrorType | null;

  /** The error in one sentence; null unless it failed. */
  error_message!: string | null;

  /** The vendor's HTTP status, if the call failed with one. */
  @ApiInteger()
  provider_status!: number | null;

  /** The vendor's own id of the request, for its support and its logs. */
  provider_request_id!: string | null;
}

const AS_IT_CAME = { type: 'array', items: { type: 'object', additionalProperties: true } } as const;

export class SentMessageDto {
  /** The author of the message; `tool` is the result of a tool. */
  @ApiProperty({ enum: ['system', 'user', 'assistant', 'tool'] })
  role!: 'system' | 'user' | 'assistant' | 'tool';

  /** The text. */
  content!: string;

  /** Tool calls that the assistant asked for. */
  @ApiPropertyOptional({ type: [ToolCallDto] })
  tool_calls?: ToolCallDto[];

  /** The call that this tool result answers. */
  tool_call_id?: string;

  /** The name of the author, where the request has one; sent to providers that have a field for it, as are the members below. */
  name?: string;

  /** The reasoning of a model, in a turn that was sent back to it. */
  reasoning_content?: string;

  /** The reasoning of a model, under another name. */
  reasoning?: string;

  /** The reasoning of a model in parts, unchanged. */
  @ApiPropertyOptional(AS_IT_CAME)
  reasoning_details?: unknown;

  /** The references of a turn that was sent back, unchanged. */
  @ApiPropertyOptional(AS_IT_CAME)
  annotations?: unknown;
}

/** Content that was run without being saved as a version. */
export class UnsavedContentViewDto extends ContentExtrasDto {
  /** The template of a text prompt. */
  template_source?: string;

  /** The messages, each of them a template. */
  @ApiPropertyOptional({ type: [ChatMessageDto] })
  messages?: ChatMessageDto[];
}

export class ExecutionDto extends ExecutionResultDto {
  /** The id of the version that was run; null for a bare call. */
  @ApiId()
  version_id!: string | null;

  /** The variables as they were sent; null once they are erased. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  variables!: unknown;

  /**
   * Variables that the project masks. Their values appear as `***` here, in the prompt, and wherever they were found in the
   * answer. The provider got the real values.
   * @example ["customer.email"]
   */
  @ApiProperty({ type: [String] })
  masked!: readonly string[];

  /** A text prompt as the provider got it; null once it is erased. */
  rendered_prompt?: string | null;

  /** The messages of a chat prompt or a bare call as the provider got them; null once they are erased. */
  @ApiPropertyOptional({ type: [SentMessageDto], nullable: true })
  messages?: SentMessageDto[] | null;

  /** Tools and response format that were sent, in the form of a prompt; null when there were none. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  extras!: unknown;

  /** The unsaved content that was run; null for a version, for plain messages, and once it is erased. */
  @ApiProperty({ type: UnsavedContentViewDto, nullable: true })
  content!: UnsavedContentViewDto | null;

  /** The models that the execution may be sent to, in order; null when there is only one. */
  @ApiProperty({ type: [ModelRefDto], nullable: true })
  models!: ModelRefDto[] | null;

  /** Whether the answer was streamed. */
  streamed!: boolean;

  /** The team that owned the prompt when it ran. */
  owner_team!: string | null;

  /** What to do if a budget has less left than the call may cost. */
  @ApiProperty({ enum: ['refuse', 'clamp'], nullable: true })
  on_budget!: 'refuse' | 'clamp' | null;

  /** The parameters of the request. */
  @ApiProperty({ type: ParamsDto })
  params!: ParamsDto;

  /**
   * Further members of a chat completion, such as `reasoning_effort`, under OpenAI's names. They are sent only to providers
   * that have a field for them. Null when there were none.
   */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  vendor_params!: Readonly<Record<string, unknown>> | null;

  /** The timeout in milliseconds; null for a recorded execution. */
  @ApiInteger()
  timeout_ms!: number | null;

  /** The maximum number of calls to the provider. */
  @ApiInteger()
  max_attempts!: number;

  /** What to do after a call whose outcome is unknown. */
  @ApiProperty({ enum: ['retry', 'fail'] })
  on_unknown!: 'retry' | 'fail';

  /** The URL that is notified when the execution is final. */
  callback_url!: string | null;

  /** Where the version is registered in code; null for a version that was not registered. */
  @ApiProperty({ type: RegistrationDto, nullable: true })
  git!: RegistrationDto | null;

  /** The error in one sentence; null unless it failed. */
  error_message!: string | null;

  /** Every call to a provider for this execution, in order. */
  attempts!: AttemptDto[];
}

export class ExecutionListDto {
  /** Executions without their texts, newest first. */
  executions!: ExecutionSummaryDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}
