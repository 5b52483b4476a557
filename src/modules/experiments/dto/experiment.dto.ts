import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import {
  EXPERIMENT_STATUSES,
  type ExperimentStatus,
  SCORER_KINDS,
  type ScorerKind,
} from '../../../entities/index.js';
import { ApiId, ApiInteger, ApiMoney, ApiTime, PageQueryDto } from '../../../infra/http/index.js';
import { ModelRefDto, ParamsDto } from '../../executions/index.js';

export class PinnedDatasetDto {
  /** The name of the dataset when the experiment was created. */
  name!: string;

  /** The hash of the items' content. */
  @ApiProperty({ pattern: '^[0-9a-f]{64}$' })
  version!: string;

  /** The number of items of that version. */
  @ApiInteger()
  item_count!: number;
}

@ApiExtraModels(ModelRefDto)
export class PinnedCandidateDto {
  /** The candidate's name in results and comparisons. */
  label!: string;

  /** The prompt that is run. */
  prompt_name!: string;

  /** The version that is run. */
  @ApiInteger()
  version_number!: number;

  /** The id of the version. */
  @ApiId()
  version_id!: string;

  /** The checksum of the version's content. */
  checksum_hash!: string;

  /** The model, or several in the order in which they are tried. */
  @ApiProperty({
    oneOf: [
      { $ref: getSchemaPath(ModelRefDto) },
      { type: 'array', items: { $ref: getSchemaPath(ModelRefDto) } },
    ],
  })
  model!: ModelRefDto | readonly ModelRefDto[];

  /** Params of the generation. */
  @ApiProperty({ type: ParamsDto })
  params!: ParamsDto;
}

export class PinnedScorerDto {
  /** Name of the scorer. */
  name!: string;

  /** The version of the scorer. */
  @ApiInteger()
  version_number!: number;

  /** The kind of the scorer. */
  @ApiProperty({ enum: SCORER_KINDS })
  kind!: ScorerKind;

  /** The checksum of the scorer's definition. */
  checksum_hash!: string;
}

export class ExperimentErrorDto {
  /** The code of the error, such as `BUDGET_EXCEEDED`. */
  code!: string;

  /** The error in one sentence. */
  message!: string;
}

/** An experiment as it was pinned. */
export class ExperimentDto {
  /** The id of the experiment, which its executions have as their `batch_id`. */
  @ApiId()
  experiment_id!: string;

  /** The display name. */
  name!: string;

  /** The state of the experiment. All but `queued` and `running` are final. */
  @ApiProperty({ enum: EXPERIMENT_STATUSES })
  status!: ExperimentStatus;

  /** The number of executions of candidates: items × candidates × repetitions. */
  @ApiInteger()
  cells!: number;

  /** The most that the cells can cost without further attempts, by prices and bounds; null when it cannot be known. */
  @ApiMoney('0.84')
  expected_cost_usd!: string | null;

  /** The limit on the cost; null for none. */
  @ApiMoney('2.5')
  max_cost_usd!: string | null;

  /** The dataset that the experiment runs on. */
  dataset!: PinnedDatasetDto;

  /** The candidates. */
  candidates!: PinnedCandidateDto[];

  /** The scorers of the answers. */
  scorers!: PinnedScorerDto[];

  /** The number of runs of each candidate on each item. */
  @ApiInteger()
  repetitions!: number;

  /** The share of its repetitions that must pass for an item to pass. */
  pass_threshold!: number;

  /** The number of cells that run at a time. */
  @ApiInteger()
  concurrency!: number;

  /** The environment of the executions. */
  environment!: string;

  /** Whether cells may be answered from the response cache. */
  cache!: boolean;

  /** The name of the caller who created it. */
  created_by!: string;

  /** When it was created. */
  @ApiTime()
  created_at!: string;

  /** When it started; null before. */
  @ApiTime()
  started_at!: string | null;

  /** When it ended; null before. */
  @ApiTime()
  completed_at!: string | null;

  /** Why it failed or was stopped; null otherwise. */
  @ApiProperty({ type: ExperimentErrorDto, nullable: true })
  error!: ExperimentErrorDto | null;
}

export class ExperimentListDto {
  /** The experiments, newest first. */
  experiments!: ExperimentDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}

export class ListExperimentsQueryDto extends PageQueryDto {
  /** Only experiments with this status. */
  @IsOptional()
  @IsIn(EXPERIMENT_STATUSES)
  @ApiPropertyOptional({ enum: EXPERIMENT_STATUSES })
  status?: ExperimentStatus;
}
