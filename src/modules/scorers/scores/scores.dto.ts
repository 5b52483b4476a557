import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  Allow,
  IsBoolean,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { SCORE_SOURCES, type ScoreSource } from '../../../entities/index.js';
import { ANY_JSON, ApiId, ApiInteger, ApiTime, PageQueryDto } from '../../../infra/http/index.js';
import { ANY_CASE_UUID, PROMPT_NAME, PROMPT_NAME_RULE } from '../../../kernel/index.js';
import { SCORING_ERROR_TYPES, type ScoringErrorType } from '../verdict.js';

const UUID_RULE = { message: 'must be a UUID' };
const MAX_EXPLANATION_CHARS = 10_000;

export class PostScoreDto {
  /** The execution to score; any of the project. */
  @Matches(ANY_CASE_UUID, UUID_RULE)
  @ApiProperty({ format: 'uuid', example: '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10' })
  execution_id!: string;

  /**
   * A scorer of kind `human`; the score counts for its newest version.
   * @example "helpful"
   */
  @Matches(PROMPT_NAME, { message: PROMPT_NAME_RULE })
  @ApiProperty({ pattern: PROMPT_NAME.source, example: 'helpful' })
  scorer!: string;

  /** For a scorer with a range: a number in it. */
  @IsOptional()
  @IsNumber()
  @ApiPropertyOptional({ nullable: true, example: null })
  value?: number | null;

  /**
   * For a scorer with labels: one of them.
   * @example "good"
   */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, nullable: true })
  label?: string | null;

  /**
   * The reason.
   * @example "It answers the question"
   */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_EXPLANATION_CHARS)
  @ApiPropertyOptional({ type: String, nullable: true })
  explanation?: string | null;
}

export class ScoreDto {
  /** Id of the score; null for one that was not kept. */
  @ApiProperty({ format: 'uuid', nullable: true })
  score_id!: string | null;

  /** The execution that was scored. */
  @ApiId()
  execution_id!: string;

  /** Name of the scorer. */
  scorer!: string;

  /** Version of the scorer. */
  @ApiInteger()
  scorer_version!: number;

  /** The origin: `human` is an annotation queue, `api` is `POST /v1/scores`, and the rest are computed. */
  @ApiProperty({ enum: SCORE_SOURCES })
  source!: ScoreSource;

  /** The value. A label counts as 1 if it passes, else 0. */
  value!: number;

  /** The label; null if there is only a number. */
  label!: string | null;

  /** Whether the label passes, or the value reaches the scorer's threshold. */
  passed!: boolean;

  /** The reason; null for none. */
  explanation!: string | null;

  /** The execution of the judgement; null unless a judge gave the score. */
  @ApiProperty({ format: 'uuid', nullable: true })
  judge_execution_id!: string | null;

  /** Name of the caller who gave the score, or asked for it. */
  created_by!: string;

  /** When the score was given. */
  @ApiTime()
  created_at!: string;
}

export class ScoreListDto {
  /** Latest first. */
  scores!: ScoreDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}

export class ListScoresQueryDto extends PageQueryDto {
  /** Only scores of this execution. */
  @IsOptional()
  @Matches(ANY_CASE_UUID, UUID_RULE)
  @ApiPropertyOptional({ type: String, format: 'uuid' })
  execution_id?: string;

  /** Only scores by the scorer of this name; if none is left, by the most recently deleted one. */
  @IsOptional()
  @Matches(PROMPT_NAME, { message: PROMPT_NAME_RULE })
  @ApiPropertyOptional({ type: String, example: 'helpful' })
  scorer?: string;
}

export class ScoreExecutionDto {
  /** The execution whose answer is scored; any of the project. */
  @Matches(ANY_CASE_UUID, UUID_RULE)
  @ApiProperty({ format: 'uuid', example: '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10' })
  execution_id!: string;

  /**
   * The expected answer, any JSON. Null is a value. Left out: nothing was expected.
   * @example "A refund within 30 days"
   */
  @Allow()
  @ApiPropertyOptional(ANY_JSON)
  expected?: unknown;

  /** Whether to keep the score. An earlier one by this version for this execution stays, and is returned instead. Default false. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ nullable: true, default: false })
  keep?: boolean | null;
}

export class ScoringErrorDto {
  /** The kind of error. */
  @ApiProperty({ enum: SCORING_ERROR_TYPES })
  type!: ScoringErrorType;

  /** The error in one sentence. */
  message!: string;

  /** The execution of the judgement, with the judge's answer as received; null if no judge was asked. */
  @ApiProperty({ format: 'uuid', nullable: true })
  judge_execution_id!: string | null;
}

export class ScoredExecutionDto {
  /** The score; null when the scorer could not decide. */
  @ApiProperty({ type: ScoreDto, nullable: true })
  score!: ScoreDto | null;

  /** Why there is no score; null when there is one. */
  @ApiProperty({ type: ScoringErrorDto, nullable: true })
  error!: ScoringErrorDto | null;
}
