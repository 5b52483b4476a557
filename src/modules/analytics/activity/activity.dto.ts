import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Matches, Max, Min } from 'class-validator';
import { ApiId, ApiInteger, FromText, toInteger } from '../../../infra/http/index.js';

const MOST_PROMPTS = 200;
const MOST_DAYS = 31;
const DEFAULT_DAYS = 7;
const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const IDS = new RegExp(`^${ID}(?:,${ID}){0,${MOST_PROMPTS - 1}}$`, 'i');

export class ActivityQueryDto {
  /** Ids of up to 200 prompts, with commas between them. */
  @Matches(IDS, { message: `must be 1 to ${MOST_PROMPTS} ids of prompts, with commas between them` })
  @ApiProperty({
    example: '0199a4c5-5d2c-7c3e-8b9f-2f6d1f0c9a11,0199a4c5-5d2c-7c3e-8b9f-2f6d1f0c9a12',
  })
  prompt_ids!: string;

  /** How many days, in UTC; the last is today. */
  @FromText(toInteger)
  @IsInt()
  @Min(1)
  @Max(MOST_DAYS)
  @ApiProperty({ type: 'integer', minimum: 1, maximum: MOST_DAYS, required: false, default: DEFAULT_DAYS })
  days: number = DEFAULT_DAYS;
}

export class PromptActivityDto {
  /** Id of the prompt. */
  @ApiId()
  prompt_id!: string;

  /** Final executions of each day: succeeded, failed or canceled. */
  @ApiProperty({ type: 'integer', isArray: true })
  execution_counts!: number[];

  /**
   * What those of each day cost as far as it is known, in dollars, exactly; null of a day on which it is known of none.
   * @example ["0.012345"]
   */
  @ApiProperty({ type: [String], items: { type: 'string', nullable: true } })
  costs_usd!: (string | null)[];

  /** Final executions of all days together. */
  @ApiInteger()
  execution_count!: number;

  /**
   * What they cost as far as it is known; null when it is known of none.
   * @example "0.012345"
   */
  cost_usd!: string | null;

  /** Executions whose cost is unknown. */
  @ApiInteger()
  unpriced_count!: number;
}

export class ActivityDto {
  /**
   * The days, in their order, in UTC.
   * @example ["2026-11-26"]
   */
  days!: string[];

  /** The prompts that were asked for, in that order. One that is not there has run on no day. */
  prompts!: PromptActivityDto[];
}
