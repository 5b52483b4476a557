import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, Matches, ValidateIf } from 'class-validator';
import {
  BUDGET_MODES,
  BUDGET_PERIODS,
  BUDGET_SCOPES,
  type BudgetMode,
  type BudgetPeriod,
  type BudgetScope,
} from '../../entities/index.js';
import { ApiId, ApiInteger, ApiTime, PageQueryDto } from '../../infra/http/index.js';

const USD = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?$/;
const USD_RULE = 'must be a decimal number of dollars as a string, such as "250" or "0.50"';

export class CreateBudgetDto {
  /**
   * The name of the budget.
   * @example "Support, a month"
   */
  @IsString()
  @Length(1, 200)
  name!: string;

  /** The calls that it limits. */
  @IsIn(BUDGET_SCOPES)
  @ApiProperty({ enum: BUDGET_SCOPES })
  scope!: BudgetScope;

  /** The team, the prompt's name or the key's id; left out for `project`. */
  @ValidateIf(({ scope, scope_value: value }: CreateBudgetDto) => scope !== 'project' || value != null)
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ nullable: true, example: 'AI-Platform' })
  scope_value?: string | null;

  /** Begins anew each day or month (UTC), or never. */
  @IsIn(BUDGET_PERIODS)
  @ApiProperty({ enum: BUDGET_PERIODS })
  period!: BudgetPeriod;

  /** The most that may be spent in a period, in dollars. */
  @Matches(USD, { message: USD_RULE })
  @ApiProperty({ example: '250.00', pattern: USD.source })
  limit_usd!: string;

  /** `hard` refuses what may go over it; `soft` only tells. */
  @IsOptional()
  @IsIn(BUDGET_MODES)
  @ApiPropertyOptional({ enum: BUDGET_MODES, nullable: true, default: 'hard' })
  mode?: BudgetMode | null;

  /** Is told when 50, 80 and 100 % are spent, once each a period: a POST signed as Standard Webhooks says. */
  @IsOptional()
  @IsString()
  @Length(1, 2048)
  @ApiPropertyOptional({ format: 'uri', nullable: true, example: null })
  callback_url?: string | null;
}

export class UpdateBudgetDto {
  /** The name of the budget. */
  @ValidateIf((body: UpdateBudgetDto) => body.name !== undefined)
  @IsString()
  @Length(1, 200)
  name?: string;

  /** The most that may be spent in a period; holds for the current period too. */
  @ValidateIf((body: UpdateBudgetDto) => body.limit_usd !== undefined)
  @Matches(USD, { message: USD_RULE })
  @ApiPropertyOptional({ example: '500.00', pattern: USD.source })
  limit_usd?: string;

  /** `hard` refuses what may go over it; `soft` only tells. */
  @ValidateIf((body: UpdateBudgetDto) => body.mode !== undefined)
  @IsIn(BUDGET_MODES)
  @ApiPropertyOptional({ enum: BUDGET_MODES })
  mode?: BudgetMode;

  /** The URL that is notified; null for none. */
  @IsOptional()
  @IsString()
  @Length(1, 2048)
  @ApiPropertyOptional({ format: 'uri', nullable: true, example: null })
  callback_url?: string | null;
}

export class BudgetDto {
  /** Id of the budget. */
  @ApiId()
  budget_id!: string;

  /** The name of the budget. */
  name!: string;

  /** The calls that it limits. */
  @ApiProperty({ enum: BUDGET_SCOPES })
  scope!: BudgetScope;

  /** The team, the prompt's name or the key's id; null for `project`. */
  scope_value!: string | null;

  /** Begins anew each day or month (UTC), or never. */
  @ApiProperty({ enum: BUDGET_PERIODS })
  period!: BudgetPeriod;

  /** When the current period began; null for `total`. */
  @ApiTime()
  period_start!: string | null;

  /** The most that may be spent in a period, in dollars. */
  limit_usd!: string;

  /** The cost of this period's calls. */
  spent_usd!: string;

  /** The most that calls may cost that are under way, or whose cost is not known yet. */
  held_usd!: string;

  /** The rest: the limit less what is spent and held; below 0 where a limit was cut, or a soft one is over. */
  remaining_usd!: string;

  /** The share of the limit that is spent or held, in whole percent. */
  @ApiInteger()
  percent!: number;

  /** `hard` refuses what may go over it; `soft` only tells. */
  @ApiProperty({ enum: BUDGET_MODES })
  mode!: BudgetMode;

  /** The URL that is notified at 50, 80 and 100 %. */
  callback_url!: string | null;

  /** The name of its author. */
  created_by!: string | null;

  /** When it was made. */
  @ApiTime()
  created_at!: string;

  /** When it was changed last. */
  @ApiTime()
  updated_at!: string;
}

export class BudgetListDto {
  /** The budgets of the project, the oldest first. */
  budgets!: BudgetDto[];

  /** For the next page; null on the last. */
  next_cursor!: string | null;
}

export class ListBudgetsQueryDto extends PageQueryDto {
  /** Only those of this kind. */
  @IsOptional()
  @IsIn(BUDGET_SCOPES)
  @ApiPropertyOptional({ enum: BUDGET_SCOPES })
  scope?: BudgetScope;

  /** Only those of this team, prompt or key. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ type: String })
  scope_value?: string;
}
