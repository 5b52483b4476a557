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

  /** How often the budget resets: each day or month (UTC), or never. */
  @IsIn(BUDGET_PERIODS)
  @ApiProperty({ enum: BUDGET_PERIODS })
  period!: BudgetPeriod;

  /** The most that may be spent in a period, in dollars. */
  @Matches(USD, { message: USD_RULE })
  @ApiProperty({ example: '250.00', pattern: USD.source })
  limit_usd!: string;

  /** `hard` refuses calls that may exceed the budget; `soft` only warns. */
  @IsOptional()
  @IsIn(BUDGET_MODES)
  @ApiPropertyOptional({ enum: BUDGET_MODES, nullable: true, default: 'hard' })
  mode?: BudgetMode | null;

  /** Notified when 50, 80 and 100 % are spent, once each per period, with a POST signed according to Standard Webhooks. */
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

  /** The most that may be spent in a period, in dollars. Also applies to the current period. */
  @ValidateIf((body: UpdateBudgetDto) => body.limit_usd !== undefined)
  @Matches(USD, { message: USD_RULE })
  @ApiPropertyOptional({ example: '500.00', pattern: USD.source })
  limit_usd?: string;

  /** `hard` refuses calls that may exceed the budget; `soft` only warns. */
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

  /** How often the budget resets: each day or month (UTC), or never. */
  @ApiProperty({ enum: BUDGET_PERIODS })
  period!: BudgetPeriod;

  /** When the current period began; null for `total`. */
  @ApiTime()
  period_start!: string | null;

  /** The most that may be spent in a period, in dollars. */
  limit_usd!: string;

  /** The cost of this period's calls. */
  spent_usd!: string;

  /** The most that calls may cost that are running, or whose cost is not known yet. */
  held_usd!: string;

  /** The limit minus what is spent and held. Below 0 if the limit was lowered, or a soft budget is exceeded. */
  remaining_usd!: string;

  /** The share of the limit that is spent or held, in whole percent. */
  @ApiInteger()
  percent!: number;

  /** `hard` refuses calls that may exceed the budget; `soft` only warns. */
  @ApiProperty({ enum: BUDGET_MODES })
  mode!: BudgetMode;

  /** The URL that is notified at 50, 80 and 100 %. */
  callback_url!: string | null;

  /** The name of the caller who created it. */
  created_by!: string | null;

  /** When it was created. */
  @ApiTime()
  created_at!: string;

  /** When it was last changed. */
  @ApiTime()
  updated_at!: string;
}

export class BudgetListDto {
  /** The budgets of the project, oldest first. */
  budgets!: BudgetDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}

export class ListBudgetsQueryDto extends PageQueryDto {
  /** Only budgets with this scope. */
  @IsOptional()
  @IsIn(BUDGET_SCOPES)
  @ApiPropertyOptional({ enum: BUDGET_SCOPES })
  scope?: BudgetScope;

  /** Only budgets of this team, prompt or key. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ type: String })
  scope_value?: string;
}
