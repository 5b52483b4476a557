import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { ROUTE_STRATEGIES, type RouteStrategy } from '../../../entities/index.js';
import { ApiId, ApiTime, NestedArray } from '../../../infra/http/index.js';
import { MODEL_NAME, MODEL_NAME_RULE, PROVIDER_ID, PROVIDER_ID_RULE } from '../model-param.pipes.js';

const MAX_TARGETS = 16;
const MAX_WEIGHT = 1000;

export class PutRouteTargetDto {
  /**
   * The provider that serves the model.
   * @example "openai"
   */
  @Matches(PROVIDER_ID, { message: PROVIDER_ID_RULE })
  provider!: string;

  /**
   * The provider's name for the model.
   * @example "gpt-4o-mini"
   */
  @Matches(MODEL_NAME, { message: MODEL_NAME_RULE })
  model_name!: string;

  /** How often it is tried first, relative to the weights of the others. Only with the strategy `weights`. Default: 1. */
  @ValidateIf((target: PutRouteTargetDto) => target.weight !== undefined)
  @IsInt()
  @Min(1)
  @Max(MAX_WEIGHT)
  @ApiPropertyOptional({ type: 'integer' })
  weight?: number;
}

export class PutRouteDto {
  /**
   * What the route is for. Default: null.
   * @example "Cheap first, then whoever answers"
   */
  @IsOptional()
  @IsString()
  @Length(1, 2000)
  description?: string | null;

  /** `order`: tried as listed. `weights`: drawn by weight, separately for each execution. */
  @IsIn(ROUTE_STRATEGIES)
  @ApiProperty({ enum: ROUTE_STRATEGIES, required: false, default: 'order' })
  strategy: RouteStrategy = 'order';

  /** The models, 1 to 16, each once. */
  @NestedArray(() => PutRouteTargetDto)
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_TARGETS)
  @ApiProperty({ maxItems: MAX_TARGETS })
  targets!: PutRouteTargetDto[];
}

export class RouteTargetDto {
  /** The provider that serves the model. */
  provider!: string;

  /** The provider's name for the model. */
  model_name!: string;

  /** How often it is tried first, relative to the weights of the others; null with the strategy `order`. */
  @ApiProperty({ type: 'integer', nullable: true })
  weight!: number | null;
}

export class RouteDto {
  /** Id of the route. It stays when the route is replaced. */
  @ApiId()
  route_id!: string;

  /**
   * The name that requests use.
   * @example "cheap-first"
   */
  name!: string;

  /** What the route is for; null for none. */
  description!: string | null;

  /** The order in which the models are tried. */
  @ApiProperty({ enum: ROUTE_STRATEGIES })
  strategy!: RouteStrategy;

  /** The models, in the order of the request. */
  targets!: RouteTargetDto[];

  /** The key that created it, or `admin`. */
  created_by!: string | null;

  /** When the route was created. */
  @ApiTime()
  created_at!: string;

  /** When the route was created or last replaced. */
  @ApiTime()
  updated_at!: string;
}

export class RouteListDto {
  /** Sorted by name. */
  routes!: RouteDto[];

  /** The cursor of the next page; null on the last one. */
  next_cursor!: string | null;
}
