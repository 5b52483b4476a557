import {
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  getSchemaPath,
  IntersectionType,
  OmitType,
} from '@nestjs/swagger';
import {
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { MAX_UNIT_KEY_CHARS } from '../../../bucketing/index.js';
import { IsPromptName, Nested } from '../../../infra/http/index.js';
import { UnsavedContentDto } from '../../prompts/index.js';
import { MAX_INT } from '../../../kernel/index.js';
import { IsMetadata, MAX_PAIRS, MAX_VALUE_CHARS } from './execution-metadata.js';
import { IsStop } from './is-stop.decorator.js';

export class ModelRefDto {
  /**
   * Id of the provider.
   * @example "echo"
   */
  @IsString()
  @Length(1, 64)
  provider!: string;

  /**
   * The provider's name for the model.
   * @example "echo"
   */
  @IsString()
  @Length(1, 200)
  model_name!: string;
}

export class ParamsDto {
  /**
   * The most tokens of the answer.
   * @example 800
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer' })
  max_new_tokens?: number | null;

  /**
   * How freely the model chooses; 0 is the least.
   * @example 0.2
   */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(2)
  temperature?: number | null;

  /** Choose among the most likely tokens that together have this probability. */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  top_p?: number | null;

  /** Choose among this many most likely tokens. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer' })
  top_k?: number | null;

  /** Above 1: say the same thing less often. */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(10)
  repetition_penalty?: number | null;

  /** The answer ends before any of these: a text, or up to 16 of them. */
  @IsOptional()
  @IsStop()
  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, maxItems: 16 }],
  })
  stop?: string | string[] | null;

  // Said in full: the generator does not follow the constants of the range, and drops the property's comment with them.
  @IsOptional()
  @IsInt()
  @Min(Number.MIN_SAFE_INTEGER)
  @Max(Number.MAX_SAFE_INTEGER)
  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    description: 'The same seed asks for the same answer; few providers promise it.',
  })
  seed?: number | null;
}

const ON_UNKNOWN = ['retry', 'fail'] as const;
const ON_BUDGET = ['refuse', 'clamp'] as const;
/** A month: what is older was answered by another model of the same name. */
const MAX_CACHE_TTL_S = 31 * 24 * 3600;

export class RouteRefDto {
  /**
   * Name of the route.
   * @example "cheap-first"
   */
  route!: string;
}

export class CacheDto {
  /**
   * Seconds that an answer to an equal request may be old: the same version, variables, models and params.
   * @example 3600
   */
  @IsInt()
  @Min(1)
  @Max(MAX_CACHE_TTL_S)
  @ApiProperty({ type: 'integer' })
  ttl_s!: number;
}

/** What an execution and a batch of them have in common. */
@ApiExtraModels(ModelRefDto, RouteRefDto)
export class SharedExecutionDto {
  /** The prompt to run. */
  @IsPromptName()
  prompt_name!: string;

  /** Which version; null or left out: the one that the environment points at, else the active one. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: null })
  version_number?: number | null;

  /**
   * The label of the execution, such as `dev` or `prod`: it decides which version runs, and the execution is found by it. Any
   * text. Left out: `default`.
   * @example "dev"
   */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  environment?: string | null;

  // What is inside is checked by `readModelChoice`, which has a pointer for each fault inside of a union.
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

  /** How to generate. What the provider has no field for is refused. */
  @IsOptional()
  @Nested(() => ParamsDto)
  @ApiPropertyOptional({
    type: ParamsDto,
    nullable: true,
    example: { max_new_tokens: 800, temperature: 0.2 },
  })
  params?: ParamsDto | null;

  /** Milliseconds: of `:run` for the whole call, of `:submit` for each attempt. Left out: `DEFAULT_TIMEOUT_MS`. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 60000 })
  timeout_ms?: number | null;

  /**
   * So many calls to the provider are made at most, the first included. Left out: 2 for `:run`, 4 for what is queued.
   * At most `MAX_ATTEMPTS`.
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 4 })
  max_attempts?: number | null;

  /**
   * What to do when the process that made a call is lost before it has said how the call ended: call again (`retry`, the
   * default; the attempts show it), or end the execution as `outcome_unknown` (`fail`). A `:run` is never called again.
   */
  @IsOptional()
  @IsIn(ON_UNKNOWN)
  @ApiPropertyOptional({ enum: ON_UNKNOWN, nullable: true })
  on_unknown?: (typeof ON_UNKNOWN)[number] | null;

  /**
   * What to do when a hard budget has less left than the call may cost: refuse it with 402 (`refuse`, the default), or
   * bring `max_new_tokens` down to what the money allows (`clamp`).
   */
  @IsOptional()
  @IsIn(ON_BUDGET)
  @ApiPropertyOptional({ enum: ON_BUDGET, nullable: true })
  on_budget?: (typeof ON_BUDGET)[number] | null;
}

/** One set of variables, and the caller's own facts about the execution of it. */
export class ExecutionEntryDto {
  /** Values for the template's variables. Those it does not use are ignored. They are stored as they came. */
  @ValidateIf((body: ExecuteDto) => body.variables !== undefined)
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { text: 'It was the best of times.' },
  })
  variables?: Record<string, unknown>;

  /**
   * Your own id for it, to find it by.
   * @example "order-4711"
   */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  correlation_id?: string | null;

  /**
   * Your own facts about it, to find it by: up to 16 texts of at most 512 characters, under keys of at most 64. It changes
   * nothing of what is sent to the provider.
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
   * Who or what is to stay with one arm where a version is rolled out, such as the id of a user. Only a keyed hash of it is kept. Left out:
   * the request is a unit of its own.
   * @example "user-4711"
   */
  @IsOptional()
  @IsString()
  @Length(1, MAX_UNIT_KEY_CHARS)
  @ApiPropertyOptional({ type: String, minLength: 1, maxLength: MAX_UNIT_KEY_CHARS, nullable: true })
  unit_key?: string | null;
}

/** What can be queued, and so names a prompt. */
class NamedExecutionDto extends IntersectionType(SharedExecutionDto, ExecutionEntryDto) {
  /** Answer from an earlier execution that was asked the same, without a call and at no cost. Left out: never. */
  @IsOptional()
  @Nested(() => CacheDto)
  @ApiPropertyOptional({ type: CacheDto, nullable: true, example: null })
  cache?: CacheDto | null;
}

/** What is waited for: of a prompt, or of a content that is no version yet. */
export class ExecuteDto extends OmitType(NamedExecutionDto, ['prompt_name'] as const) {
  /** The prompt to run. Left out only where `content` is sent. */
  @ValidateIf((body: ExecuteDto) => (body.content ?? null) === null || (body.prompt_name ?? null) !== null)
  @IsPromptName()
  @ApiPropertyOptional({ type: String })
  prompt_name?: string;

  /**
   * Content to run that is no version of a prompt, instead of `prompt_name` and `version_number`. It is rendered with `variables` by the
   * rules of versions, and kept with the execution, whose prompt and version are null.
   */
  @IsOptional()
  @Nested(() => UnsavedContentDto)
  @ApiPropertyOptional({ type: UnsavedContentDto, nullable: true, example: undefined })
  content?: UnsavedContentDto | null;
}

export class SubmitDto extends NamedExecutionDto {
  /** Is told when the execution is final: a POST signed as Standard Webhooks says. */
  @IsOptional()
  @IsString()
  @Length(1, 2048)
  @ApiPropertyOptional({ format: 'uri', nullable: true, example: null })
  callback_url?: string | null;
}
