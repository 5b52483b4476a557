import { Controller, Get, Query } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { ApiProblems } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import { ActivityDto, ActivityQueryDto } from './activity/activity.dto.js';
import { ActivityService } from './activity/activity.service.js';
import { ModeAnalyticsDto, PromptAnalyticsDto, PromptAnalyticsQueryDto } from './analytics.dto.js';
import { AnalyticsService } from './analytics.service.js';
import { CostAnalyticsDto, CostsQueryDto } from './costs/costs.dto.js';
import { CostsService } from './costs/costs.service.js';
import { ExecutionFiguresDto, FiguresQueryDto } from './figures/figures.dto.js';
import { FiguresService } from './figures/figures.service.js';

@ApiTags('Analytics')
@Controller('v1/analytics')
export class AnalyticsController {
  constructor(
    private readonly analytics: AnalyticsService,
    private readonly costs: CostsService,
    private readonly figures: FiguresService,
    private readonly activity: ActivityService,
  ) {}

  @Get('prompts')
  @Scopes('analytics:read')
  @ApiOperation({
    summary: 'Count executions by the mode of their prompts',
    description:
      'Of both modes side by side, or of one of them with its tokens. Exact: an execution that is final is counted. ' +
      'Calls without a prompt are of neither mode.',
  })
  @ApiExtraModels(PromptAnalyticsDto, ModeAnalyticsDto)
  @ApiOkResponse({
    description: 'Of `mode=all` the first, of one mode the second.',
    schema: { oneOf: [PromptAnalyticsDto, ModeAnalyticsDto].map((dto) => ({ $ref: getSchemaPath(dto) })) },
  })
  @ApiProblems(400)
  ofPrompts(
    @CurrentCaller() caller: Caller,
    @Query() query: PromptAnalyticsQueryDto,
  ): Promise<PromptAnalyticsDto | ModeAnalyticsDto> {
    return this.analytics.ofPrompts(caller.projectId, query);
  }

  @Get('costs')
  @Scopes('analytics:read')
  @ApiOperation({
    summary: 'What executions cost',
    description:
      'By prompt, model, environment, team, key or day. Exact: an execution that is final is counted, to the last digit.',
  })
  @ApiProblems(400)
  ofCosts(@CurrentCaller() caller: Caller, @Query() query: CostsQueryDto): Promise<CostAnalyticsDto> {
    return this.costs.list(caller.projectId, query);
  }

  @Get('executions')
  @Scopes('analytics:read')
  @ApiOperation({
    summary: 'How executions went',
    description:
      'Counts, errors, tokens, cost and percentiles of latency, over time or by prompt, version, model, environment, team or key. Each group has what `GET /v1/executions` lists with `final=true`, the same span and the same filters.',
  })
  @ApiProblems(400)
  ofExecutions(
    @CurrentCaller() caller: Caller,
    @Query() query: FiguresQueryDto,
  ): Promise<ExecutionFiguresDto> {
    return this.figures.read(caller.projectId, query);
  }

  @Get('activity')
  @Scopes('analytics:read')
  @ApiOperation({
    summary: 'How much some prompts ran, day by day',
    description:
      'Executions and cost of up to 200 prompts in one answer, as for a list of prompts. Exact: an execution that is final is counted.',
  })
  @ApiProblems(400)
  ofActivity(@CurrentCaller() caller: Caller, @Query() query: ActivityQueryDto): Promise<ActivityDto> {
    return this.activity.read(caller.projectId, query);
  }
}
