import {
  ApiExtraModels,
  ApiPropertyOptional,
  getSchemaPath,
  IntersectionType,
  PickType,
} from '@nestjs/swagger';
import { IsBoolean, IsInt, IsObject, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { Nested, PreparedBody } from '../../../infra/http/index.js';
import { MAX_INT } from '../../../kernel/index.js';
import { ParamsDto, ExecuteDto } from '../../executions/index.js';
import { PutContentExtrasDto } from '../../prompts/index.js';
import { ChatMessageParamDto } from './chat-message-param.dto.js';
import { MAX_MESSAGES } from './message-limits.js';
import { Only, OnlyEmpty, OnlyText } from './only.decorator.js';
import { VendorParamsDto } from './vendor-params.dto.js';
import { withoutNulls } from './without-nulls.js';

export class StreamOptionsDto {
  /** Whether a chunk with the usage is sent before `[DONE]`. */
  @IsOptional()
  @IsBoolean()
  include_usage?: boolean | null;

  /** Whether the provider pads its chunks. Passed on to the provider; this API does not pad its own chunks. */
  @IsOptional()
  @IsBoolean()
  include_obfuscation?: boolean | null;
}

/** OpenAI parameters that this API accepts only at their default. */
class UnsupportedDto {
  /** The number of answers. Only 1 is accepted. */
  @IsOptional()
  @Only(1)
  @ApiPropertyOptional({ type: 'integer', enum: [1], nullable: true })
  n?: number | null;

  /** Log probabilities are not passed on. Only false is accepted. */
  @IsOptional()
  @Only(false)
  @ApiPropertyOptional({ type: Boolean, enum: [false], nullable: true })
  logprobs?: boolean | null;

  /** Only `["text"]` is accepted. */
  @IsOptional()
  @OnlyText()
  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', enum: ['text'] },
    maxItems: 1,
    nullable: true,
  })
  modalities?: readonly string[] | null;

  /** Belongs to `logprobs`. Only 0 is accepted. */
  @IsOptional()
  @Only(0)
  @ApiPropertyOptional({ type: 'integer', enum: [0], nullable: true })
  top_logprobs?: number | null;

  /** Not passed on. Only 0 is accepted. */
  @IsOptional()
  @Only(0)
  @ApiPropertyOptional({ type: Number, enum: [0], nullable: true })
  frequency_penalty?: number | null;

  /** Not passed on. Only 0 is accepted. */
  @IsOptional()
  @Only(0)
  @ApiPropertyOptional({ type: Number, enum: [0], nullable: true })
  presence_penalty?: number | null;

  /** Not passed on. Only an empty object is accepted. */
  @IsOptional()
  @OnlyEmpty()
  @ApiPropertyOptional({ type: 'object', additionalProperties: false, nullable: true })
  logit_bias?: object | null;
}

/** The members that the ledger adds to OpenAI's. */
class LedgerMembersDto extends PickType(ExecuteDto, [
  'environment',
  'timeout_ms',
  'on_budget',
  'cache',
] as const) {
  /** Values for the template's variables, if `model` names a prompt. */
  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, nullable: true, example: undefined })
  prompt_variables?: Record<string, unknown> | null;

  // Spelled out, because the generator drops the comment of a property whose type is unknown. `readModelChoice` checks the
  // content, as for `model` of `:run`.
  @IsOptional()
  @ApiPropertyOptional({
    description:
      'Which model answers, where `model` names a prompt: `"provider/model_name"`, a list of these, or `{"route"}`. Null or left out: the `default_model` of the project, or the one of `DEFAULT_MODEL`.',
    nullable: true,
    oneOf: [
      { type: 'string', example: 'echo/echo' },
      { type: 'array', minItems: 1, maxItems: 16, items: { type: 'string' } },
      { type: 'object', properties: { route: { type: 'string', description: 'Name of the route.' } } },
    ],
    example: undefined,
  })
  prompt_model?: unknown;
}

/** "Create chat completion", as far as it can be passed on. For every member, null means left out. */
@PreparedBody(withoutNulls)
@ApiExtraModels(ChatMessageParamDto)
export class ChatCompletionRequestDto extends IntersectionType(
  PickType(ParamsDto, ['temperature', 'top_p', 'stop', 'seed', 'top_k', 'repetition_penalty'] as const),
  PutContentExtrasDto,
  UnsupportedDto,
  VendorParamsDto,
  LedgerMembersDto,
) {
  /**
   * `provider/model_name`, `route/name`, or a prompt as `prompt/name` or `prompt/name@3`.
   * @example "echo/echo"
   */
  @IsString()
  @Length(1, 300)
  model!: string;

  // `readMessages` finds faults inside, because it has a pointer for each of them within a union.
  @IsOptional()
  @ApiPropertyOptional({
    description:
      'What has been said so far. Where `model` names a prompt they stand behind its messages, and may be left out or empty.',
    type: 'array',
    nullable: true,
    maxItems: MAX_MESSAGES,
    items: { $ref: getSchemaPath(ChatMessageParamDto) },
    example: [{ role: 'user', content: 'Say hello.' }],
  })
  messages?: unknown;

  /** The maximum number of tokens in the answer, by OpenAI's older name. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true })
  max_tokens?: number | null;

  /** The maximum number of tokens in the answer. If the older name is sent as well, both must agree. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true })
  max_completion_tokens?: number | null;

  /** Whether the answer is streamed in chunks, as Server-Sent Events. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, nullable: true })
  stream?: boolean | null;

  /** Allowed only for a stream. */
  @IsOptional()
  @Nested(() => StreamOptionsDto)
  @ApiPropertyOptional({ type: StreamOptionsDto, nullable: true, example: undefined })
  stream_options?: StreamOptionsDto | null;
}
