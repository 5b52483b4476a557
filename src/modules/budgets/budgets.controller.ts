import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, UuidPipe } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import {
  BudgetDto,
  BudgetListDto,
  CreateBudgetDto,
  ListBudgetsQueryDto,
  UpdateBudgetDto,
} from './budgets.dto.js';
import { BudgetsService } from './budgets.service.js';

const BUDGET_ID = { name: 'budget_id', description: 'Id of the budget.' };

@ApiTags('Budgets')
@Controller('v1/budgets')
export class BudgetsController {
  constructor(private readonly budgets: BudgetsService) {}

  @Post()
  @ApiBodyExample({
    name: 'Support, a month',
    scope: 'owner_team',
    scope_value: 'support',
    period: 'month',
    limit_usd: '250.00',
    mode: 'hard',
  })
  @HttpCode(200)
  @Scopes('budgets:write')
  @ApiOperation({
    summary: 'Make a budget',
    description: 'It holds for every call admitted after the answer.',
  })
  @ApiProblems(400)
  create(@CurrentCaller() caller: Caller, @Body() body: CreateBudgetDto): Promise<BudgetDto> {
    return this.budgets.create(caller, body);
  }

  @Get()
  @Scopes('analytics:read')
  @ApiOperation({ summary: 'List the budgets, with what is spent, held and left' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: ListBudgetsQueryDto): Promise<BudgetListDto> {
    return this.budgets.list(caller.projectId, query);
  }

  @Get(':budget_id')
  @ApiParam(BUDGET_ID)
  @Scopes('analytics:read')
  @ApiOperation({ summary: 'Read a budget' })
  @ApiProblems(400, 404)
  get(@CurrentCaller() caller: Caller, @Param('budget_id', UuidPipe) budgetId: string): Promise<BudgetDto> {
    return this.budgets.get(caller.projectId, budgetId);
  }

  @Patch(':budget_id')
  @ApiBodyExample({ limit_usd: '500.00' })
  @ApiParam(BUDGET_ID)
  @Scopes('budgets:write')
  @ApiOperation({
    summary: 'Change a budget',
    description: 'What is left out stays. What is under way goes on.',
  })
  @ApiProblems(400, 404)
  update(
    @CurrentCaller() caller: Caller,
    @Param('budget_id', UuidPipe) budgetId: string,
    @Body() body: UpdateBudgetDto,
  ): Promise<BudgetDto> {
    return this.budgets.update(caller, budgetId, body);
  }

  @Delete(':budget_id')
  @ApiParam(BUDGET_ID)
  @HttpCode(204)
  @Scopes('budgets:write')
  @ApiOperation({ summary: 'End a budget' })
  @ApiProblems(400, 404)
  delete(@CurrentCaller() caller: Caller, @Param('budget_id', UuidPipe) budgetId: string): Promise<void> {
    return this.budgets.delete(caller, budgetId);
  }
}
