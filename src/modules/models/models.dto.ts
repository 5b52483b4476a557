import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import { MAX_INT } from '../../kernel/index.js';
import { ApiInteger } from '../../infra/http/index.js';

export class PutModelDto {
  /**
   * The maximum tokens of one answer; null if the vendor does not state it. Omit it to keep it.
   * @example 16384
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer' })
  max_tokens?: number | null;

  /** Whether the model can stream. Omit it to keep it; true by default for a new model. */
  @ValidateIf((body: PutModelDto) => body.supports_streaming !== undefined)
  @IsBoolean()
  supports_streaming?: boolean;
}

export class ModelDto {
  /**
   * Provider and name, in the form of `DEFAULT_MODEL`.
   * @example "openai/gpt-4o-mini"
   */
  id!: string;

  /** Always `model`, as in OpenAI's list. */
  @ApiProperty({ enum: ['model'] })
  object!: 'model';

  /** The provider again, as in OpenAI's list. */
  owned_by!: string;

  /**
   * The provider that serves the model.
   * @example "openai"
   */
  provider!: string;

  /**
   * The provider's name for the model.
   * @example "gpt-4o-mini"
   */
  model_name!: string;

  /** The maximum tokens of one answer; null if the vendor does not state it. */
  @ApiInteger()
  max_tokens!: number | null;

  /** Whether the model can stream. */
  supports_streaming!: boolean;
}

export class ModelListDto {
  /** Always `list`, as in OpenAI's list. */
  @ApiProperty({ enum: ['list'] })
  object!: 'list';

  /** The allowed models, by provider and name. */
  data!: ModelDto[];
}
