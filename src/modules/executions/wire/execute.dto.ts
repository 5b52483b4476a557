import {
  ApiExtraModels,
  ApiPropertyOptional,
  getSchemaPath,
  IntersectionType,
  OmitType,
} from '@nestjs/swagger';
import { IsIn, IsInt, IsObject, IsOptional, IsString, Length, Max, Min, ValidateIf } from 'class-validator';
import { MAX_UNIT_KEY_CHARS } from '../../../bucketing/index.js';
import { IsPromptName, Nested } from '../../../infra/http/index.js';
import { UnsavedContentDto } from '../../prompts/index.js';
import { MAX_INT } from '../../../kernel/index.js';
import { IsMetadata, MAX_PAIRS, MAX_VALUE_CHARS } from './execution-metadata.js';
import { CacheDto, ModelRefDto, ParamsDto, RouteRefDto } from './model-choice.dto.js';

const ON_UNKNOWN = ['retry', 'fail'] as const;
const ON_BUDGET = ['refuse', 'clamp'] as const;

/** The members that an execution and a batch share. */
@ApiExtraModels(ModelRefDto, RouteRefDto)
export class SharedExecutionDto {
  /** The prompt to run. */
  @IsPromptName()
  prompt_name!: string;

  /** The version to run; null or left out for the one that the environment points at, or else the active one. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: null })
  version_number?: number | null;

  /**
   * The label of the execution, such as `dev` or `prod`, which may be any text. It decides which version runs, and executions
   * can be filtered by it. Default: `default`.
   * @example "dev"
   */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  environment?: string | null;

  // `readModelChoice` finds faults inside, because it has a pointer for each of them within a union.
  @IsOptional()
  @ApiPropertyOptional({
    description:
      'Which model: `{"provider","model_name"}` or `"provider/model_name"`; a list of up to 16 of these, tried in order on time-outs, connection errors, 408, 429, 5xx and open circuits; or `{"route"}`, the name of a route. Null or left out: the `default_model` of the project, or the one of `DEFAULT_MODEL`.',
    nullable: true,
    oneOf: [
      { $ref: getSchemaPath(ModelRefDto) },
      { type: 'string', example: 'echo/echo' },
      {
        type: 'array',
        minItems: 1,
        maxItems: 16,
        items: { oneOf: [{ $ref: getSchemaPath(ModelRefDto) }, { type: 'string' }] },
      },
      { $ref: getSchemaPath(RouteRefDto) },
    ],
    example: { provider: 'echo', model_name: 'echo' },
  })
  model?: ModelRefDto | RouteRefDto | string | (ModelRefDto | string)[] | null;

  /** Params of the generation. A param that the provider has no field for is refused. */
  @IsOptional()
  @Nested(() => ParamsDto)
  @ApiPropertyOptional({
    type: ParamsDto,
    nullable: true,
    example: { max_new_tokens: 800, temperature: 0.2 },
  })
  params?: ParamsDto | null;

  /** The timeout in milliseconds, for a whole `:run` or for each attempt of a `:submit`. Default: `DEFAULT_TIMEOUT_MS`. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 60000 })
  timeout_ms?: number | null;

  /**
   * The maximum number of calls to the provider, including the first. Default: 2 for `:run`, 4 for queued executions. At most
   * `MAX_ATTEMPTS`.
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 4 })
  max_attempts?: number | null;

  /**
   * What to do when the process that made a call is lost before it has reported how the call ended: call again (`retry`, the
   * default; the attempts show it), or end the execution as `outcome_unknown` (`fail`). A `:run` is never called again.
   */
  @IsOptional()
  @IsIn(ON_UNKNOWN)
  @ApiPropertyOptional({ enum: ON_UNKNOWN, nullable: true })
  on_unknown?: (typeof ON_UNKNOWN)[number] | null;

  /**
   * What to do when a hard budget has less left than the call may cost: refuse the call with 402 (`refuse`, the default), or
   * lower `max_new_tokens` to what the budget allows (`clamp`).
   */
  @IsOptional()
  @IsIn(ON_BUDGET)
  @ApiPropertyOptional({ enum: ON_BUDGET, nullable: true })
  on_budget?: (typeof ON_BUDGET)[number] | null;
}

/** One set of variables, with the caller's own data about its execution. */
export class ExecutionEntryDto {
  /** Values for the template's variables. Unused ones are ignored. All are stored as they were sent. */
  @ValidateIf((body: ExecuteDto) => body.variables !== undefined)
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { text: 'It was the best of times.' },
  })
  variables?: Record<string, unknown>;

  /**
   * Your own id for the execution, to find it by.
   * @example "order-4711"
   */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  correlation_id?: string | null;

  /**
   * Your own metadata for the execution, to find it by: up to 16 texts of at most 512 characters, under keys of at most 64. It
   * is not sent to the provider.
   */
  @IsOptional()
  @IsMetadata()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', maxLength: MAX_VALUE_CHARS },
    maxProperties: MAX_PAIRS,
    nullable: true,
    example: { user: 'u-4711' },
  })
  metadata?: Record<string, string> | null;

  /**
   * The unit that stays with one arm during a rollout, such as the id of a user. Only a keyed hash of it is kept. If it is left
   * out, the request is a unit of its own.
   * @example "user-4711"
   */
  @IsOptional()
  @IsString()
  @Length(1, MAX_UNIT_KEY_CHARS)
  @ApiPropertyOptional({ type: String, minLength: 1, maxLength: MAX_UNIT_KEY_CHARS, nullable: true })
  unit_key?: string | null;
}

/** An execution that can be queued, and therefore names a prompt. */
class NamedExecutionDto extends IntersectionType(SharedExecutionDto, ExecutionEntryDto) {
  /** Answer from an earlier execution of an equal request, without a call and at no cost. Default: never. */
  @IsOptional()
  @Nested(() => CacheDto)
  @ApiPropertyOptional({ type: CacheDto, nullable: true, example: null })
  cache?: CacheDto | null;
}

/** A synchronous execution of a prompt, or of content that is not saved as a version. */
export class ExecuteDto extends OmitType(NamedExecutionDto, ['prompt_name'] as const) {
  /** The prompt to run. Required unless `content` is sent. */
  @ValidateIf((body: ExecuteDto) => (body.content ?? null) === null || (body.prompt_name ?? null) !== null)
  @IsPromptName()
  @ApiPropertyOptional({ type: String })
  prompt_name?: string;

  /**
   * Unsaved content to run, instead of `prompt_name` and `version_number`. It is rendered with `variables` by the rules of
   * versions, and kept with the execution, whose prompt and version are null.
   */
  @IsOptional()
  @Nested(() => UnsavedContentDto)
  @ApiPropertyOptional({ type: UnsavedContentDto, nullable: true, example: undefined })
  content?: UnsavedContentDto | null;
}

export class SubmitDto extends NamedExecutionDto {
  /** Notified when the execution is final, with a POST signed according to Standard Webhooks. */
  @IsOptional()
  @IsString()
  @Length(1, 2048)
  @ApiPropertyOptional({ format: 'uri', nullable: true, example: null })
  callback_url?: string | null;
}
