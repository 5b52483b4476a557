import { ApiProperty, ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import type { ExecutionMode, ExecutionStatus, PromptMode } from '../../../entities/index.js';
import { ApiId, ApiInteger } from '../../../infra/http/index.js';
import { MAX_INT } from '../../../kernel/index.js';
import { ExecuteDto, ExecutionArmDto, TelemetryDto } from '../../executions/index.js';
import { IsTemplateHash } from '../register/register-code.dto.js';

const EXECUTION_MODES = ['sync', 'async'] as const;

export class ExecutePromptDto extends PickType(ExecuteDto, [
  'variables',
  'model',
  'params',
  'environment',
  'correlation_id',
  'metadata',
  'unit_key',
  'on_budget',
  'cache',
] as const) {
  /** The version to run. Null or left out for the one that `template_hash` names, or else the environment's, or else the active one. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: null })
  version?: number | null;

  /**
   * Selects the version by its content: lower-case hex SHA-256 of the template in UTF-8. Code that sends the hash of its own
   * template runs that template, whatever another deployment has registered in the meantime.
   */
  @IsOptional()
  @IsTemplateHash()
  @ApiPropertyOptional({ nullable: true, example: null })
  template_hash?: string | null;

  /** The id of the provider, unless `model` is sent. Null or left out for that of the project's default model, or of `DEFAULT_MODEL`. */
  @IsOptional()
  @IsString()
  @Length(1, 64)
  @ApiPropertyOptional({ nullable: true, example: 'echo' })
  provider?: string | null;

  /** The provider's name for the model. Null or left out for the default model, if it belongs to this provider. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ nullable: true, example: 'echo' })
  model_name?: string | null;

  /** `sync` (the default) answers with the response; `async` queues the execution and answers with 202. */
  @IsOptional()
  @IsIn(EXECUTION_MODES)
  @ApiPropertyOptional({ enum: EXECUTION_MODES, nullable: true })
  mode?: ExecutionMode | null;

  /** The timeout in milliseconds, for the whole call with `sync` or each attempt with `async`. Default: `DEFAULT_TIMEOUT_MS`. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 60000 })
  timeout_ms?: number | null;
}

export class ExecutedPromptDto {
  /** Id of the execution. */
  @ApiId()
  execution_id!: string;

  /** The prompt that was run. */
  prompt_name!: string;

  /** `tracking`, or `full` if the prompt has moved there since the version was registered. */
  @ApiProperty({ enum: ['full', 'tracking'] })
  prompt_mode!: PromptMode;

  /** Number of the version that was run. */
  @ApiInteger()
  version_used!: number;

  /** `succeeded`, or `queued` with `async`. */
  @ApiProperty({ enum: ['succeeded', 'queued'] })
  status!: ExecutionStatus;

  /** The requested mode. */
  @ApiProperty({ enum: EXECUTION_MODES })
  mode!: ExecutionMode;

  /** The provider's answer; only with `sync`. Cut after `MAX_RESPONSE_BYTES`. */
  @ApiPropertyOptional({ nullable: true })
  response_text?: string | null;

  /** The arm of the rollout that chose the version; left out when there was no rollout. */
  @ApiPropertyOptional({ type: ExecutionArmDto })
  rollout?: ExecutionArmDto;

  /** The tokens and the duration of the call; only with `sync`. */
  telemetry?: TelemetryDto;
}
