import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { AttemptStatus, ExecutionErrorType } from '../../../entities/index.js';
import { ApiId, ApiInteger, ApiMoney, ApiTime } from '../../../infra/http/index.js';
import { ChatMessageDto, ContentExtrasDto } from '../../prompts/index.js';
import { RegistrationDto } from '../../versions/index.js';
import { ModelRefDto, ParamsDto } from '../wire/model-choice.dto.js';
import { ERROR_TYPES, ExecutionResultDto, ExecutionSummaryDto, ToolCallDto } from '../wire/executions.dto.js';

const ATTEMPT_STATUSES = ['dispatched', 'succeeded', 'failed', 'outcome_unknown', 'fenced'] as const;

export class AttemptDto {
  /** 1, 2, 3 … */
  @ApiInteger()
  attempt!: number;

  /** The end of the call; `dispatched` while it runs. */
  @ApiProperty({ enum: ATTEMPT_STATUSES })
  status!: AttemptStatus;

  /** The provider that was called. */
  provider!: string;

  /** The model that was asked. */
  model_name!: string;

  /** When the call began. */
  @ApiTime()
  started_at!: string;

  /** When it ended; null while it runs. */
  @ApiTime()
  completed_at!: string | null;

  /** Milliseconds it took. */
  @ApiInteger()
  latency_ms!: number | null;

  /** Tokens of the prompt, as the provider counted; null when it did not say. */
  @ApiInteger()
  prompt_tokens!: number | null;

  /** Tokens of the answer, as the provider counted; null when it did not say. */
  @ApiInteger()
  response_tokens!: number | null;

  /** Milliseconds to the first piece of the answer; null when none came, and when the answer was not streamed. */
  @ApiInteger()
  time_to_first_token_ms!: number | null;

  /** The cost of the call in US dollars, exact; null when it is unknown. */
  @ApiMoney()
  cost_usd!: string | null;

  /** The same in whole pico-dollars. */
  @ApiMoney('1234500000')
  cost_pico_usd!: string | null;

  /** Id of the price that the cost was counted by. */
  @ApiId()
  price_id!: string | null;

  /** The provider's own account of what it used, untouched; null when it sent none. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  usage!: unknown;

  /** The kind of failure; null unless it failed. */
  @ApiProperty({ enum: ERROR_TYPES, nullable: true })
  error_type!: ExecutionErrorType | null;

  /** The error in one sentence; null unless it failed. */
  error_message!: string | null;

  /** The vendor's HTTP status where the call failed with one. */
  @ApiInteger()
  provider_status!: number | null;

  /** The vendor's own id of the request, for its support and its log. */
  provider_request_id!: string | null;
}

const AS_IT_CAME = { type: 'array', items: { type: 'object', additionalProperties: true } } as const;

export class SentMessageDto {
  /** The author of the message; `tool` is the result of a tool. */
  @ApiProperty({ enum: ['system', 'user', 'assistant', 'tool'] })
  role!: 'system' | 'user' | 'assistant' | 'tool';

  /** The text. */
  content!: string;

  /** Tools that an assistant has asked for. */
  @ApiPropertyOptional({ type: [ToolCallDto] })
  tool_calls?: ToolCallDto[];

  /** The call that a tool's result answers. */
  tool_call_id?: string;

  /** The name of the author, where the request has one; sent to providers that have a field for it, as are the members below. */
  name?: string;

  /** The reasoning of a model, in a turn that was sent back to it. */
  reasoning_content?: string;

  /** The same under another name. */
  reasoning?: string;

  /** The same in parts, as they came. */
  @ApiPropertyOptional(AS_IT_CAME)
  reasoning_details?: unknown;

  /** The references of a turn that was sent back, as they came. */
  @ApiPropertyOptional(AS_IT_CAME)
  annotations?: unknown;
}

/** A content that was run and is no version. */
export class UnsavedContentViewDto extends ContentExtrasDto {
  /** The template, of a text. */
  template_source?: string;

  /** The messages, each a template. */
  @ApiPropertyOptional({ type: [ChatMessageDto] })
  messages?: ChatMessageDto[];
}

export class ExecutionDto extends ExecutionResultDto {
  /** Id of the version that was run; null of a bare call. */
  @ApiId()
  version_id!: string | null;

  /** The variables as they came; null once they are erased. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  variables!: unknown;

  /**
   * Variables that the project masks: their values stand as `***` here, in the prompt, and where they were found in the answer. The
   * provider got them as they came.
   * @example ["customer.email"]
   */
  @ApiProperty({ type: [String] })
  masked!: readonly string[];

  /** The prompt as the provider got it, of a text prompt; null once it is erased. */
  rendered_prompt?: string | null;

  /** The messages as the provider got them, of a chat prompt or a bare call; null once they are erased. */
  @ApiPropertyOptional({ type: [SentMessageDto], nullable: true })
  messages?: SentMessageDto[] | null;

  /** Tools and response format that were sent along, in the form of a prompt; null when there were none. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  extras!: unknown;

  /** The content that was run, where that was no version; null of a version, of messages that came as they are, and once it is erased. */
  @ApiProperty({ type: UnsavedContentViewDto, nullable: true })
  content!: UnsavedContentViewDto | null;

  /** The models that it may be sent to, in their order; null where there is only the one. */
  @ApiProperty({ type: [ModelRefDto], nullable: true })
  models!: ModelRefDto[] | null;

  /** Whether the answer was sent on as it came. */
  streamed!: boolean;

  /** The team that owned the prompt when it ran. */
  owner_team!: string | null;

  /** The requested reaction if a budget has less left than the call may cost. */
  @ApiProperty({ enum: ['refuse', 'clamp'], nullable: true })
  on_budget!: 'refuse' | 'clamp' | null;

  /** The parameters that were asked for. */
  @ApiProperty({ type: ParamsDto })
  params!: ParamsDto;

  /**
   * Further members of a chat completion, such as `reasoning_effort`, by OpenAI's names; a provider without a field for one
   * was not sent it. Null when there were none.
   */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  vendor_params!: Readonly<Record<string, unknown>> | null;

  /** Milliseconds it was given; null of a recorded one. */
  @ApiInteger()
  timeout_ms!: number | null;

  /** The most calls to the provider. */
  @ApiInteger()
  max_attempts!: number;

  /** The reaction to a call whose outcome is unknown. */
  @ApiProperty({ enum: ['retry', 'fail'] })
  on_unknown!: 'retry' | 'fail';

  /** The URL that is notified when the execution is final. */
  callback_url!: string | null;

  /** The place of its version in code; null for a version that was not registered. */
  @ApiProperty({ type: RegistrationDto, nullable: true })
  git!: RegistrationDto | null;

  /** The error in one sentence; null unless it failed. */
  error_message!: string | null;

  /** Every call to a provider that was made for it, in order. */
  attempts!: AttemptDto[];
}

export class ExecutionListDto {
  /** Executions without their texts, newest first. */
  executions!: ExecutionSummaryDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}
