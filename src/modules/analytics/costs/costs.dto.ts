import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { ApiInteger, IsPromptName, IsQueryTime, PageQueryDto } from '../../../infra/http/index.js';
import { COST_GROUPS, type CostGroup } from './execution-costs.repository.js';

export class CostsQueryDto extends PageQueryDto {
  /** How to group executions. */
  @IsIn(COST_GROUPS)
  @ApiProperty({ enum: COST_GROUPS, required: false, default: 'prompt' })
  group_by: CostGroup = 'prompt';

  /** Only executions of this prompt, including deleted prompts of this name. */
  @IsOptional()
  @IsPromptName()
  prompt_name?: string;

  /** Only executions created at this time or later. */
  @IsOptional()
  @IsQueryTime()
  from?: Date;

  /** Only executions created before this time. */
  @IsOptional()
  @IsQueryTime('2099-12-31T12:00:00.000Z')
  to?: Date;
}

export class CostsDto {
  /**
   * The exact sum of all known costs, in dollars; null if no cost is known.
   * @example "0.012345"
   */
  cost_usd!: string | null;

  /** Final executions: succeeded, failed or canceled. */
  @ApiInteger()
  execution_count!: number;

  /** Executions whose cost is known. */
  @ApiInteger()
  priced_count!: number;

  /** Executions whose cost is unknown: their model had no price, or the provider did not report tokens. */
  @ApiInteger()
  unpriced_count!: number;

  /** Total prompt tokens, as counted by providers; null if none of them reported a count. */
  @ApiProperty({ type: 'integer', nullable: true })
  prompt_tokens!: number | null;

  /** The part read from providers' caches; null if none of them reported it. */
  @ApiProperty({ type: 'integer', nullable: true })
  cached_prompt_tokens!: number | null;

  /** Total response tokens, as counted by providers; null if none of them reported a count. */
  @ApiProperty({ type: 'integer', nullable: true })
  response_tokens!: number | null;

  /** The part spent on reasoning; null if no provider reported it. */
  @ApiProperty({ type: 'integer', nullable: true })
  reasoning_tokens!: number | null;
}

export class GroupCostsDto extends CostsDto {
  /**
   * The name of the prompt, `provider/model_name`, the environment, the team, the id of the key, or the day in UTC; null for executions
   * without one, such as calls without a prompt, by the admin, or of prompts without a team.
   * @example "openai/gpt-4o-mini"
   */
  key!: string | null;

  /** Name of the key, for `group_by=api_key` only; null if there is no key. */
  @ApiPropertyOptional({ type: String, nullable: true })
  key_name?: string | null;
}

export class CostAnalyticsDto {
  /** The requested grouping. */
  @ApiProperty({ enum: COST_GROUPS })
  group_by!: CostGroup;

  /** Sums over all groups, including those on other pages. */
  total!: CostsDto;

  /** Most expensive first, unknown costs last; days in order. */
  groups!: GroupCostsDto[];

  /** The cursor of the next page; null on the last one. */
  next_cursor!: string | null;
}
