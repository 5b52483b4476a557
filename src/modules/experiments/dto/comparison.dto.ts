import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsIn,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  IsUUID,
  Length,
  Max,
} from 'class-validator';
import { ApiId, ApiInteger, FromText, toBoolean } from '../../../infra/http/index.js';
import {
  COMPARISON_METHODS,
  type ComparisonMethod,
  type Verdict,
  VERDICTS,
} from '../../../statistics/index.js';
import { INTERVAL } from './experiment-detail.dto.js';
import { ItemRefDto } from './results.dto.js';

/** Converts decimal digits to a number. Leaves anything else a text, which validation refuses. */
function toDecimal(text: string): unknown {
  return /^\d{1,9}(?:\.\d{1,12})?$/.test(text) ? Number(text) : text;
}

export class CompareQueryDto {
  /** The label of the candidate to compare with. */
  @IsString()
  @Length(1, 100)
  @ApiProperty({ example: 'a' })
  baseline!: string;

  /** Label of the candidate that wins or loses. */
  @IsString()
  @Length(1, 100)
  @ApiProperty({ example: 'b' })
  candidate!: string;

  /** The scorer to compare by; optional when the experiment has only one. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ type: String, example: 'mentions-refund' })
  scorer?: string;

  /** The experiment that the baseline comes from; left out for this one. Items are paired by content. */
  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ type: String, format: 'uuid' })
  baseline_experiment?: string;

  /** How far from 0 the interval of the difference may reach for `no_difference`. */
  @IsOptional()
  @FromText(toDecimal)
  @IsNumber()
  @IsPositive()
  @Max(1e9)
  @ApiPropertyOptional({ type: Number, default: 0.05 })
  margin?: number;

  /** Compare even if the two were scored by different versions of the scorer. */
  @IsOptional()
  @FromText(toBoolean)
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, default: false })
  allow_versions?: boolean;
}

export class FlippedItemDto extends ItemRefDto {
  /** The baseline's value: the mean of its repetitions, or 1 for an item that passes and 0 for one that does not. */
  baseline!: number;

  /** The candidate's value. */
  candidate!: number;

  /** Ids of the baseline's executions, one for each completed repetition. */
  @ApiProperty({ type: [String], format: 'uuid' })
  baseline_execution_ids!: string[];

  /** Ids of the candidate's executions, one for each completed repetition. */
  @ApiProperty({ type: [String], format: 'uuid' })
  candidate_execution_ids!: string[];
}

/** Two candidates over the same items. */
export class ComparisonDto {
  /** Id of the experiment. */
  @ApiId()
  experiment_id!: string;

  /** The id of the experiment that the baseline comes from. */
  @ApiId()
  baseline_experiment_id!: string;

  /** The label of the candidate to compare with. */
  baseline!: string;

  /** Label of the candidate that wins or loses. */
  candidate!: string;

  /** Name of the scorer. */
  scorer!: string;

  /** The version of the scorer, for the candidate. */
  @ApiInteger()
  scorer_version!: number;

  /** The number of items that have a score on both sides. */
  @ApiInteger()
  n!: number;

  /** Items for which the candidate scored higher. */
  @ApiInteger()
  wins!: number;

  /** Items for which the candidate scored lower. */
  @ApiInteger()
  losses!: number;

  /** Items for which both scored the same. */
  @ApiInteger()
  ties!: number;

  /** Items for which one of them has no score. */
  @ApiInteger()
  missing!: number;

  /** How many of the missing items are missing because of an error. The others were not run. */
  @ApiInteger()
  missing_by_error!: number;

  /** Cells of either candidate that had an error. */
  @ApiInteger()
  errors!: number;

  /** The mean of candidate − baseline; null without items. */
  delta!: number | null;

  /** The 95 % interval of the difference; null with too few items. */
  @ApiProperty({ ...INTERVAL, example: [-0.121523, 0.003876] })
  interval!: readonly [number, number] | null;

  /** The two-sided p-value. */
  p_value!: number;

  /** `mcnemar_exact` for pass and fail; otherwise `paired_t` from 30 items on, and exact `wilcoxon` below. */
  @ApiProperty({ enum: COMPARISON_METHODS })
  method!: ComparisonMethod;

  /** How far from 0 the interval may reach for `no_difference`. */
  margin!: number;

  /** `better` or `worse` when p is below 0.05; otherwise `no_difference` when the interval lies within the margin, or `cannot_tell`. */
  @ApiProperty({ enum: VERDICTS })
  verdict!: Verdict;

  /** Items that differ, those with the largest loss first; at most 200. */
  @ApiProperty({ type: [FlippedItemDto] })
  flipped!: FlippedItemDto[];
}

export const REPORT_FORMATS = ['json', 'junit', 'markdown'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export class ReportQueryDto {
  /** `json` for programs, `junit` for test reporters, `markdown` for people. */
  @IsOptional()
  @IsIn(REPORT_FORMATS)
  @ApiPropertyOptional({ enum: REPORT_FORMATS, default: 'json' })
  format?: ReportFormat;
}
