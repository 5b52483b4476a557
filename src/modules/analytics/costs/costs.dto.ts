import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { ApiInteger, IsPromptName, IsQueryTime, PageQueryDto } from '../../../infra/http/index.js';
import { COST_GROUPS, type CostGroup } from './execution-costs.repository.js';

export class CostsQueryDto extends PageQueryDto {
  /** What executions are grouped by. */
  @IsIn(COST_GROUPS)
  @ApiProperty({ enum: COST_GROUPS, required: false, default: 'prompt' })
  group_by: CostGroup = 'prompt';

  /** Only of this prompt, and of deleted ones of this name. */
  @IsOptional()
  @IsPromptName()
  prompt_name?: string;

  /** Only executions created at this time or later. */
  @IsOptional()
  @IsQueryTime()
  from?: Date;

  /** Only executions created earlier than this. */
  @IsOptional()
  @IsQueryTime('2099-12-31T12:00:00.000Z')
  to?: Date;
}

export class CostsDto {
  /**
   * The sum over those with a known cost, in dollars, exactly; null when there is none of them.
   * @example "0.012345"
   */
  cost_usd!: string | null;

  /** Final executions: succeeded, failed or canceled. */
  @ApiInteger()
  execution_count!: number;

  /** Executions whose cost is known. */
  @ApiInteger()
  priced_count!: number;

  /** Executions whose cost is unknown: their model had no price, or the provider did not say how many tokens there were. */
  @ApiInteger()
  unpriced_count!: number;

  /** Tokens of all prompts together, as providers counted them; null when none of them said. */
  @ApiProperty({ type: 'integer', nullable: true })
  prompt_tokens!: number | null;

  /** The part of them that providers had in their caches; null when none of them said. */
  @ApiProperty({ type: 'integer', nullable: true })
  cached_prompt_tokens!: number | null;

  /** Tokens of all answers together, as providers counted them; null when none of them said. */
  @ApiProperty({ type: 'integer', nullable: true })
  response_tokens!: number | null;

  /** The part of them that was spent on reasoning; null when no provider said. */
  @ApiProperty({ type: 'integer', nullable: true })
  reasoning_tokens!: number | null;
}

export class GroupCostsDto extends CostsDto {
  /**
   * The name of the prompt, `provider/model_name`, the environment, the team, the id of the key, or the day in UTC; null
   * of executions that have none: calls without a prompt, the admin's, prompts without a team.
   * @example "openai/gpt-4o-mini"
   */
  key!: string | null;

  /** Only of `group_by=api_key`: the name of the key; null where there is no key. */
  @ApiPropertyOptional({ type: String, nullable: true })
  key_name?: string | null;
}

export class CostAnalyticsDto {
  /** The grouping that was asked for. */
  @ApiProperty({ enum: COST_GROUPS })
  group_by!: CostGroup;

  /** Sums over all groups, those of other pages too. */
  total!: CostsDto;

  /** The dearest first, those of unknown cost last; days in their order. */
  groups!: GroupCostsDto[];

  /** The cursor of the next page; null on the last one. */
  next_cursor!: string | null;
}
