import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Matches, Max, Min } from 'class-validator';
import { ApiId, ApiInteger, FromText, toInteger } from '../../../infra/http/index.js';
import { matchUuids } from '../../../kernel/index.js';

const MOST_PROMPTS = 200;
const MOST_DAYS = 31;
const DEFAULT_DAYS = 7;

export class ActivityQueryDto {
  /** Ids of up to 200 prompts, separated by commas. */
  @Matches(matchUuids(MOST_PROMPTS), {
    message: `must be 1 to ${MOST_PROMPTS} ids of prompts, separated by commas`,
  })
  @ApiProperty({
    example: '0199a4c5-5d2c-7c3e-8b9f-2f6d1f0c9a11,0199a4c5-5d2c-7c3e-8b9f-2f6d1f0c9a12',
  })
  prompt_ids!: string;

  /** The number of days in UTC, ending today. */
  @FromText(toInteger)
  @IsInt()
  @Min(1)
  @Max(MOST_DAYS)
  @ApiProperty({ type: 'integer', minimum: 1, maximum: MOST_DAYS, required: false, default: DEFAULT_DAYS })
  days: number = DEFAULT_DAYS;
}

export class PromptActivityDto {
  /** The id of the prompt. */
  @ApiId()
  prompt_id!: string;

  /** The number of final executions (succeeded, failed or canceled) on each day. */
  @ApiProperty({ type: 'integer', isArray: true })
  execution_counts!: number[];

  /**
   * The known cost of each day in US dollars, exact; null for a day without a known cost.
   * @example ["0.012345"]
   */
  @ApiProperty({ type: [String], items: { type: 'string', nullable: true } })
  costs_usd!: (string | null)[];

  /** The number of final executions on all days. */
  @ApiInteger()
  execution_count!: number;

  /**
   * The known cost of all days in US dollars, exact; null if no cost is known.
   * @example "0.012345"
   */
  cost_usd!: string | null;

  /** The number of executions whose cost is unknown. */
  @ApiInteger()
  unpriced_count!: number;
}

export class ActivityDto {
  /**
   * The days in UTC, in ascending order.
   * @example ["2026-11-26"]
   */
  days!: string[];

  /** The requested prompts, in the order of the request. A prompt that does not exist has no executions. */
  prompts!: PromptActivityDto[];
}
