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
  /** The prompt's tokens as counted by the provider; null when it did not report them. */
  @ApiInteger()
  prompt_tokens!: number | null;

  /** The answer's tokens as counted by the provider; null when it did not report them. */
  @ApiInteger()
  response_tokens!: number | null;

  /** Tokens of the prompt that came from the provider's cache; null when it did not report them. */
  @ApiInteger()
  cached_prompt_tokens!: number | null;

  /** Reasoning tokens of the answer, which are not in the text; null when the provider did not report them. */
  @ApiInteger()
  reasoning_tokens!: number | null;

  /** Milliseconds from the start of the call to the first piece of the answer; null when there was none or the answer was not streamed. */
  @ApiInteger()
  time_to_first_token_ms!: number | null;

  /** Milliseconds of the provider's call; null before it ends. */
  @ApiInteger()
  latency_ms!: number | null;
}

export class ToolCallDto {
  /** The model's id of the call, which the tool's result refers to. */
  id!: string;

  /** The tool that the model wants called. */
  name!: string;

  /** The arguments as the JSON text that the model wrote. */
  arguments!: string;
}

/** The rollout that chose the version of an execution. */
export class ExecutionArmDto {
  /** Id of the rollout. */
  @ApiId()
  rollout_id!: string;

  /** `control`: the version that the environment runs; `candidate`: the version under trial. */
  @ApiProperty({ enum: ARMS })
  arm!: Arm;

  /** The step of the rollout, from 1. */
  @ApiInteger()
  phase!: number;

  /** The unit that was assigned: the `unit_key`, or the `request` itself when it came without one. */
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

  /** The arm of the rollout that chose the version; left out when there was no rollout. */
  @ApiPropertyOptional({ type: ExecutionArmDto })
  rollout?: ExecutionArmDto;
}

export class OutputErrorDto {
  /**
   * A JSON pointer into the answer; empty for the whole answer.
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

  /** `ledger`: called by the ledger; `recorded`: called by a client, which reported it afterwards. */
  @ApiProperty({ enum: ORIGINS })
  origin!: ExecutionOrigin;

  /** The prompt that was run; null for a bare call, which brings its own messages. */
  prompt_name!: string | null;

  /** The version that was run; null for a bare call. */
  @ApiInteger()
  version_number!: number | null;

  /** The version's checksum; null for a bare call. */
  checksum_hash!: string | null;

  /** The environment of the execution. */
  environment!: string;

  /**
   * How the version was found: by the pointer of its environment (`environment`), as the active version (`active`), or because
   * the request named it (`version_number`, `template_hash`); null for a bare call.
   */
  @ApiProperty({ enum: RESOLVED_BY, nullable: true })
  resolved_by!: (typeof RESOLVED_BY)[number] | null;

  /** The model that answered, or before that, the one that was called last. */
  model!: ModelRefDto;

  /** The name of the route that the model comes from; null when the request named models. */
  route!: string | null;

  /** Why the answer ended, in the provider's words; null without an answer or a reason. */
  finish_reason!: string | null;

  /** The tokens and the duration of the call. */
  telemetry!: TelemetryDto;

  /** The exact cost of the answer in US dollars; null when it is unknown. */
  @ApiMoney()
  cost_usd!: string | null;

  /** The cost in whole pico-dollars, a millionth of a millionth of a dollar. */
  @ApiMoney('1234500000')
  cost_pico_usd!: string | null;

  /** The id of the price that the cost is based on. */
  @ApiId()
  price_id!: string | null;

  /** True when it was answered from an earlier execution, without a call. */
  cache_hit!: boolean;

  /** The id of the earlier execution. */
  @ApiId()
  cached_from!: string | null;

  /** Your own id for the execution. */
  correlation_id!: string | null;

  /** Your own metadata for the execution; left out when there is none. */
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { user: 'u-4711' },
  })
  metadata?: Readonly<Record<string, string>>;

  /** The arm of the rollout that chose the version; left out when there was no rollout. */
  @ApiPropertyOptional({ type: ExecutionArmDto })
  rollout?: ExecutionArmDto;

  /** The id of the batch that the execution was submitted with; null when it was submitted alone. */
  @ApiId()
  batch_id!: string | null;

  /** The kind of failure; null unless it failed, or was canceled because the reader of its stream left. */
  @ApiProperty({ enum: ERROR_TYPES, nullable: true })
  error_type!: ExecutionErrorType | null;

  /** When the execution was accepted. */
  @ApiTime()
  created_at!: string;

  /** When work on the execution began; null while it is queued. */
  @ApiTime()
  started_at!: string | null;

  /** When the execution became final; null before. */
  @ApiTime()
  completed_at!: string | null;

  /** When the content was erased; null while it exists. Left out of the answer of a run. */
  @ApiPropertyOptional({ type: 'string', format: 'date-time', nullable: true })
  content_erased_at?: string | null;

  /** Whether the answer matches the JSON Schema of its `response_format`; null when not checked. Left out for a run without a schema. */
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

  /** Tool calls that the model asked for; null when there are none. */
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
