import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import { MAX_INT } from '../../kernel/index.js';
import { ApiInteger } from '../../infra/http/index.js';

export class PutModelDto {
  /**
   * The most tokens of one answer; null where the vendor does not say. Omit it to keep it.
   * @example 16384
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer' })
  max_tokens?: number | null;

  /** Whether the model can stream. Omit it to keep it; the default of a new model is true. */
  @ValidateIf((body: PutModelDto) => body.supports_streaming !== undefined)
  @IsBoolean()
  supports_streaming?: boolean;
}

export class ModelDto {
  /**
   * Provider and name, as `DEFAULT_MODEL` takes it.
   * @example "openai/gpt-4o-mini"
   */
  id!: string;

  /** Always `model`, as OpenAI's list has it. */
  @ApiProperty({ enum: ['model'] })
  object!: 'model';

  /** The provider again, as OpenAI's list has it. */
  owned_by!: string;

  /**
   * The provider that serves it.
   * @example "openai"
   */
  provider!: string;

  /**
   * The provider's name for it.
   * @example "gpt-4o-mini"
   */
  model_name!: string;

  /** The most tokens of one answer; null where the vendor does not say. */
  @ApiInteger()
  max_tokens!: number | null;

  /** Whether it can stream. */
  supports_streaming!: boolean;
}

export class ModelListDto {
  /** Always `list`, as OpenAI's list has it. */
  @ApiProperty({ enum: ['list'] })
  object!: 'list';

  /** The allowed models, by provider and name. */
  data!: ModelDto[];
}
