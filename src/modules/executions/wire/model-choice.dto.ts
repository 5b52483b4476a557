import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsNumber, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { MAX_INT } from '../../../kernel/index.js';
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
   * The maximum number of tokens in the answer.
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

  /** Sample from the most likely tokens that together have this probability. */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  top_p?: number | null;

  /** Sample from this many of the most likely tokens. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer' })
  top_k?: number | null;

  /** Values above 1 reduce repetition. */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(10)
  repetition_penalty?: number | null;

  /** The answer ends before any of these stop texts: one text, or up to 16. */
  @IsOptional()
  @IsStop()
  @ApiPropertyOptional({
    nullable: true,
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, maxItems: 16 }],
  })
  stop?: string | string[] | null;

  // Spelled out, because the generator does not follow the constants of the range and would drop the property's comment with them.
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

/** A month, because older answers may come from another model of the same name. */
const MAX_CACHE_TTL_S = 31 * 24 * 3600;

export class RouteRefDto {
  /**
   * The name of the route.
   * @example "cheap-first"
   */
  route!: string;
}

export class CacheDto {
  /**
   * The maximum age in seconds of an answer to an equal request: the same version, variables, models and params.
   * @example 3600
   */
  @IsInt()
  @Min(1)
  @Max(MAX_CACHE_TTL_S)
  @ApiProperty({ type: 'integer' })
  ttl_s!: number;
}
