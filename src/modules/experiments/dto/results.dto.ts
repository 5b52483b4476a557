import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Length } from 'class-validator';
import { ApiId, ApiInteger, ApiMoney, FromText, PageQueryDto, toBoolean } from '../../../infra/http/index.js';
import { ExperimentErrorDto } from './experiment.dto.js';

export class ListResultsQueryDto extends PageQueryDto {
  /** Only of the candidate with this label. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, example: 'a' })
  candidate?: string;

  /** Only what this scorer says. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ type: String, example: 'mentions-refund' })
  scorer?: string;

  /** `true`: only items that do not pass, or have no score, by one of the scorers. `false`: only those that pass by all. */
  @IsOptional()
  @FromText(toBoolean)
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean })
  failed?: boolean;
}

export class ItemRefDto {
  /** Counted from 0, in the order of the dataset's version. */
  @ApiInteger()
  index!: number;

  /** Your id of it; null where it has none. */
  external_id!: string | null;

  /** The hash of what it holds. */
  item_hash!: string;
}

export class CellScoreDto {
  /** Name of the scorer. */
  scorer!: string;

  /** Its version. */
  @ApiInteger()
  scorer_version!: number;

  /** Id of the score; null where there is none. */
  @ApiId()
  score_id!: string | null;

  /** The score; null where there is none. */
  value!: number | null;

  /** Its label; null where it has none. */
  label!: string | null;

  /** Whether the answer passes; null where there is no score. */
  passed!: boolean | null;

  /** Why, in the words of the scorer; null where it gave none. */
  explanation!: string | null;

  /** The judgement, of a judge. */
  @ApiId()
  judge_execution_id!: string | null;

  /** Why there is no score; null where there is one. */
  @ApiProperty({ type: ExperimentErrorDto, nullable: true })
  error!: ExperimentErrorDto | null;
}

export class CellDto {
  /** Counted from 1. */
  @ApiInteger()
  repetition!: number;

  /** The state of the cell. */
  @ApiProperty({ enum: ['running', 'succeeded', 'failed', 'canceled'] })
  status!: 'running' | 'succeeded' | 'failed' | 'canceled';

  /** The execution; null where it was refused before there was one. */
  @ApiId()
  execution_id!: string | null;

  /** The time that the answer took. */
  @ApiInteger()
  latency_ms!: number | null;

  /** The cost of the execution; null where it is unknown. */
  @ApiMoney()
  cost_usd!: string | null;

  /** Why there is no answer; null where there is one. */
  @ApiProperty({ type: ExperimentErrorDto, nullable: true })
  error!: ExperimentErrorDto | null;

  /** The results of the scorers. */
  scores!: CellScoreDto[];
}

export class ItemScoreDto {
  /** Name of the scorer. */
  scorer!: string;

  /** The mean over the repetitions; null where one of them has no score. */
  value!: number | null;

  /** The number of repetitions that pass. */
  @ApiInteger()
  passes!: number;

  /** Whether the item passes; null where one of its repetitions has no score. */
  passed!: boolean | null;
}

export class ItemResultDto {
  /** Which item. */
  item!: ItemRefDto;

  /** Label of the candidate. */
  candidate!: string;

  /** Figures by scorer, over all repetitions. */
  scores!: ItemScoreDto[];

  /** The executions, in the order of the repetitions. */
  @ApiProperty({ type: [String], format: 'uuid' })
  execution_ids!: string[];

  /** The repetitions. */
  cells!: CellDto[];
}

export class ResultListDto {
  /** In the order of the items, and of the candidates for each. */
  results!: ItemResultDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}
