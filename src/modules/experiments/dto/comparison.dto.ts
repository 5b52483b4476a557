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

/** Decimal digits to a number; anything else stays a text, and is refused. */
function toDecimal(text: string): unknown {
  return /^\d{1,9}(?:\.\d{1,12})?$/.test(text) ? Number(text) : text;
}

export class CompareQueryDto {
  /** Label of the candidate that the other is measured against. */
  @IsString()
  @Length(1, 100)
  @ApiProperty({ example: 'a' })
  baseline!: string;

  /** Label of the candidate that wins or loses. */
  @IsString()
  @Length(1, 100)
  @ApiProperty({ example: 'b' })
  candidate!: string;

  /** The scorer to compare by; optional where the experiment has only one. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ type: String, example: 'mentions-refund' })
  scorer?: string;

  /** The experiment that the baseline is from; left out: this one. Items are paired by what they hold. */
  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ type: String, format: 'uuid' })
  baseline_experiment?: string;

  /** The distance from 0 that the interval of the difference may reach for `no_difference`. */
  @IsOptional()
  @FromText(toDecimal)
  @IsNumber()
  @IsPositive()
  @Max(1e9)
  @ApiPropertyOptional({ type: Number, default: 0.05 })
  margin?: number;

  /** Compare although the two were scored by different versions of the scorer. */
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

  /** The baseline's executions, one for each repetition that was run. */
  @ApiProperty({ type: [String], format: 'uuid' })
  baseline_execution_ids!: string[];

  /** The candidate's executions. */
  @ApiProperty({ type: [String], format: 'uuid' })
  candidate_execution_ids!: string[];
}

/** Two candidates over the same items. */
export class ComparisonDto {
  /** Id of the experiment. */
  @ApiId()
  experiment_id!: string;

  /** The experiment that the baseline is from. */
  @ApiId()
  baseline_experiment_id!: string;

  /** Label of the candidate that the other is measured against. */
  baseline!: string;

  /** Label of the candidate that wins or loses. */
  candidate!: string;

  /** Name of the scorer. */
  scorer!: string;

  /** Its version, for the candidate. */
  @ApiInteger()
  scorer_version!: number;

  /** The number of items that have a score on both sides. */
  @ApiInteger()
  n!: number;

  /** Items for which the candidate got more. */
  @ApiInteger()
  wins!: number;

  /** Items for which it got less. */
  @ApiInteger()
  losses!: number;

  /** Items for which both got the same. */
  @ApiInteger()
  ties!: number;

  /** Items that one of them has no score for. */
  @ApiInteger()
  missing!: number;

  /** The number of those that are missing because of an error; the others were not run. */
  @ApiInteger()
  missing_by_error!: number;

  /** Cells of the two that had an error. */
  @ApiInteger()
  errors!: number;

  /** The mean of candidate − baseline; null without items. */
  delta!: number | null;

  /** The 95 % interval of the difference; null where there are too few items for one. */
  @ApiProperty({ ...INTERVAL, example: [-0.121523, 0.003876] })
  interval!: readonly [number, number] | null;

  /** Two-sided. */
  p_value!: number;

  /** `mcnemar_exact` for pass and fail, else `paired_t` from 30 items on and exact `wilcoxon` below. */
  @ApiProperty({ enum: COMPARISON_METHODS })
  method!: ComparisonMethod;

  /** The distance from 0 that the interval may reach for `no_difference`. */
  margin!: number;

  /** `better` or `worse` when p is below 0.05; else `no_difference` when the interval lies within the margin; else `cannot_tell`. */
  @ApiProperty({ enum: VERDICTS })
  verdict!: Verdict;

  /** Items that differ, those with the largest loss first; at most 200. */
  @ApiProperty({ type: [FlippedItemDto] })
  flipped!: FlippedItemDto[];
}

export const REPORT_FORMATS = ['json', 'junit', 'markdown'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export class ReportQueryDto {
  /** `json` for programs, `junit` for what shows tests, `markdown` for people. */
  @IsOptional()
  @IsIn(REPORT_FORMATS)
  @ApiPropertyOptional({ enum: REPORT_FORMATS, default: 'json' })
  format?: ReportFormat;
}
