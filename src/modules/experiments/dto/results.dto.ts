import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Length } from 'class-validator';
import { ApiId, ApiInteger, ApiMoney, FromText, PageQueryDto, toBoolean } from '../../../infra/http/index.js';
import { ExperimentErrorDto } from './experiment.dto.js';

export class ListResultsQueryDto extends PageQueryDto {
  /** Only results of the candidate with this label. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, example: 'a' })
  candidate?: string;

  /** Only results of this scorer. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ type: String, example: 'mentions-refund' })
  scorer?: string;

  /** `true`: only items that do not pass, or have no score, by one of the scorers. `false`: only items that pass by all scorers. */
  @IsOptional()
  @FromText(toBoolean)
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean })
  failed?: boolean;
}

export class ItemRefDto {
  /** The index of the item from 0, in the order of the dataset's version. */
  @ApiInteger()
  index!: number;

  /** Your id of the item; null when it has none. */
  external_id!: string | null;

  /** The hash of the item's content. */
  item_hash!: string;
}

export class CellScoreDto {
  /** Name of the scorer. */
  scorer!: string;

  /** The version of the scorer. */
  @ApiInteger()
  scorer_version!: number;

  /** The id of the score; null when there is none. */
  @ApiId()
  score_id!: string | null;

  /** The score; null when there is none. */
  value!: number | null;

  /** The label of the score; null when it has none. */
  label!: string | null;

  /** Whether the answer passes; null without a score. */
  passed!: boolean | null;

  /** The scorer's explanation; null when it gave none. */
  explanation!: string | null;

  /** The id of the judge's execution, for a judge. */
  @ApiId()
  judge_execution_id!: string | null;

  /** Why there is no score; null when there is one. */
  @ApiProperty({ type: ExperimentErrorDto, nullable: true })
  error!: ExperimentErrorDto | null;
}

export class CellDto {
  /** The number of the repetition, from 1. */
  @ApiInteger()
  repetition!: number;

  /** The state of the cell. */
  @ApiProperty({ enum: ['running', 'succeeded', 'failed', 'canceled'] })
  status!: 'running' | 'succeeded' | 'failed' | 'canceled';

  /** The id of the execution; null when the request was refused. */
  @ApiId()
  execution_id!: string | null;

  /** The duration of the answer in milliseconds. */
  @ApiInteger()
  latency_ms!: number | null;

  /** The cost of the execution; null when it is unknown. */
  @ApiMoney()
  cost_usd!: string | null;

  /** Why there is no answer; null when there is one. */
  @ApiProperty({ type: ExperimentErrorDto, nullable: true })
  error!: ExperimentErrorDto | null;

  /** The results of the scorers. */
  scores!: CellScoreDto[];
}

export class ItemScoreDto {
  /** Name of the scorer. */
  scorer!: string;

  /** The mean over the repetitions; null when one of them has no score. */
  value!: number | null;

  /** The number of repetitions that pass. */
  @ApiInteger()
  passes!: number;

  /** Whether the item passes; null when one of its repetitions has no score. */
  passed!: boolean | null;
}

export class ItemResultDto {
  /** The item that was scored. */
  item!: ItemRefDto;

  /** Label of the candidate. */
  candidate!: string;

  /** The figures of each scorer, over all repetitions. */
  scores!: ItemScoreDto[];

  /** The ids of the executions, in the order of the repetitions. */
  @ApiProperty({ type: [String], format: 'uuid' })
  execution_ids!: string[];

  /** The repetitions. */
  cells!: CellDto[];
}

export class ResultListDto {
  /** The results by item, and by candidate within an item. */
  results!: ItemResultDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}
