import { ApiProperty, ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { type Arm, ARMS } from '../../../bucketing/index.js';
import { ApiId, ApiInteger, ApiMoney, ApiTime } from '../../../infra/http/index.js';
import type {
  ExecutionErrorType,
  ExecutionMode,
  ExecutionOrigin,
  ExecutionStatus,
} from '../../../entities/index.js';
import { ModelRefDto } from './model-choice.dto.js';

const MODES = ['sync', 'async'] as const;
const ARM_UNITS = ['unit_key', 'request'] as const;
const ORIGINS = ['ledger', 'recorded'] as const;
const RESOLVED_BY = ['environment', 'active', 'version_number', 'template_hash'] as const;
export const STATUSES = ['queued', 'running', 'succeeded', 'failed', 'canceled'] as const;
export const ERROR_TYPES = [
  'timeout',
  'rate_limited',
  'provider_error',
  'provider_rejected',
  'connection',
  'outcome_unknown',
  'internal',
  'client_closed',
  'budget_exceeded',
] as const;

export class TelemetryDto {
  /** Tokens of the prompt, as the provider counted; null when it did not say. */
  @ApiInteger()
  prompt_tokens!: number | null;

  /** Tokens of the answer, as the provider counted; null when it did not say. */
  @ApiInteger()
  response_tokens!: number | null;

  /** Tokens of the prompt that the provider had in its cache; null when it did not say. */
  @ApiInteger()
  cached_prompt_tokens!: number | null;

  /** Tokens of the answer that are reasoning and not in the text; null when the provider did not say. */
  @ApiInteger()
  reasoning_tokens!: number | null;

  /** Milliseconds from the beginning of the call to the first piece of the answer; null when none came, and when the answer was not streamed. */
  @ApiInteger()
  time_to_first_token_ms!: number | null;

  /** Milliseconds of the provider's call; null before it is over. */
  @ApiInteger()
  latency_ms!: number | null;
}

export class ToolCallDto {
  /** The model's id of the call, which its result names. */
  id!: string;

  /** The tool that the model wants called. */
  name!: string;

  /** Its arguments, the JSON text as the model wrote it. */
  arguments!: string;
}

/** The rollout that chose the version of an execution. */
export class ExecutionArmDto {
  /** Id of the rollout. */
  @ApiId()
  rollout_id!: string;

  /** `control`: the version that the environment runs; `candidate`: the one that is tried. */
  @ApiProperty({ enum: ARMS })
  arm!: Arm;

  /** The step of the rollout, from 1. */
  @ApiInteger()
  phase!: number;

  /** The unit that was assigned: the `unit_key`, or the `request` by itself, because it came without one. */
  @ApiProperty({ enum: ARM_UNITS })
  unit!: (typeof ARM_UNITS)[number];
}

export class SubmittedDto {
  /** Id of the execution. */
  @ApiId()
  execution_id!: string;

  /** Always `queued`. */
  @ApiProperty({ enum: ['queued'] })
  status!: 'queued';

  /** Always `async`. */
  @ApiProperty({ enum: ['async'] })
  mode!: 'async';

  /** The arm of the rollout that chose the version; left out where none did. */
  @ApiPropertyOptional({ type: ExecutionArmDto })
  rollout?: ExecutionArmDto;
}

export class OutputErrorDto {
  /**
   * JSON pointer into the answer; empty for the whole of it.
   * @example "/order/id"
   */
  pointer!: string;

  /** The fault in one sentence. */
  message!: string;
}

export class ExecutionSummaryDto {
  /** Id of the execution. */
  @ApiId()
  execution_id!: string;

  /** The state of the execution. */
  @ApiProperty({ enum: STATUSES })
  status!: ExecutionStatus;

  /** `sync`: the caller waited; `async`: it was queued. */
  @ApiProperty({ enum: MODES })
  mode!: ExecutionMode;

  /** `ledger`: it was called from here; `recorded`: a client called its provider itself, and told of it afterwards. */
  @ApiProperty({ enum: ORIGINS })
  origin!: ExecutionOrigin;

  /** The prompt that was run; null of a bare call, which came with its messages. */
  prompt_name!: string | null;

  /** The version that was run; null of a bare call. */
  @ApiInteger()
  version_number!: number | null;

  /** The version's checksum; null of a bare call. */
  checksum_hash!: string | null;

  /** Label of the execution. */
  environment!: string;

  /**
   * The way in which the version was found: where the pointer of its environment stood (`environment`), as the active version (`active`),
   * or because the request named it (`version_number`, `template_hash`); null of a bare call.
   */
  @ApiProperty({ enum: RESOLVED_BY, nullable: true })
  resolved_by!: (typeof RESOLVED_BY)[number] | null;

  /** The model that answered; before there is an answer, the one that was asked last. */
  model!: ModelRefDto;

  /** Name of the route that the model is from; null when the request named models. */
  route!: string | null;

  /** Why the answer ended, in the provider's words; null when there is none or it did not say. */
  finish_reason!: string | null;

  /** The tokens and time that the call took. */
  telemetry!: TelemetryDto;

  /** The cost of the answer in US dollars, exact; null when it is unknown. */
  @ApiMoney()
  cost_usd!: string | null;

  /** The same in whole pico-dollars, a millionth of a millionth of a dollar. */
  @ApiMoney('1234500000')
  cost_pico_usd!: string | null;

  /** Id of the price that the cost was counted by. */
  @ApiId()
  price_id!: string | null;

  /** True when it was answered from an earlier execution, without a call. */
  cache_hit!: boolean;

  /** Id of that execution. */
  @ApiId()
  cached_from!: string | null;

  /** Your own id for it. */
  correlation_id!: string | null;

  /** Your own facts about it; left out when there are none. */
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { user: 'u-4711' },
  })
  metadata?: Readonly<Record<string, string>>;

  /** The arm of the rollout that chose the version; left out where none did. */
  @ApiPropertyOptional({ type: ExecutionArmDto })
  rollout?: ExecutionArmDto;

  /** Id of the batch it was submitted with; null when it came alone. */
  @ApiId()
  batch_id!: string | null;

  /** The kind of failure; null unless it failed, or was canceled because the reader of its stream left. */
  @ApiProperty({ enum: ERROR_TYPES, nullable: true })
  error_type!: ExecutionErrorType | null;

  /** When it was taken on. */
  @ApiTime()
  created_at!: string;

  /** When work on it began; null while it is queued. */
  @ApiTime()
  started_at!: string | null;

  /** When it was over; null before. */
  @ApiTime()
  completed_at!: string | null;

  /** When its content was erased; null while it is there. Left out of the answer of a run. */
  @ApiPropertyOptional({ type: 'string', format: 'date-time', nullable: true })
  content_erased_at?: string | null;

  /** Whether the answer fits the JSON Schema of its `response_format`; null where it was not checked. Left out of the answer of a run without a schema. */
  @ApiPropertyOptional({ type: Boolean, nullable: true })
  output_valid?: boolean | null;
}

export class ExecutionResultDto extends ExecutionSummaryDto {
  /** The provider's answer; null when there is none. Cut after `MAX_RESPONSE_BYTES`. */
  response_text!: string | null;

  /** True when only the beginning of the answer is kept. */
  response_truncated!: boolean;

  /** Lower-case hex SHA-256 of the whole answer in UTF-8; null when there is no answer. */
  response_sha256!: string | null;

  /** Tools that the model wants called; null when there are none. */
  @ApiProperty({ type: [ToolCallDto], nullable: true })
  tool_calls!: ToolCallDto[] | null;

  /** The first fault of an answer that breaks its schema; null for any other. Left out with `output_valid`. */
  @ApiPropertyOptional({ type: OutputErrorDto, nullable: true })
  output_error?: OutputErrorDto | null;
}

/** The first event of a stream. */
export class StreamedExecutionDto extends PickType(ExecutionSummaryDto, [
  'execution_id',
  'status',
  'mode',
  'prompt_name',
  'version_number',
  'checksum_hash',
  'environment',
  'resolved_by',
  'model',
  'rollout',
  'created_at',
] as const) {}
