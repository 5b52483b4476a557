import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import {
  ListOutcomesQueryDto,
  OutcomeListDto,
  RecordOutcomeDto,
  RecordOutcomeResultDto,
} from './outcomes.dto.js';
import { OutcomesService } from './outcomes.service.js';

@ApiTags('Outcomes')
@Controller('v1/outcomes')
export class OutcomesController {
  constructor(private readonly outcomes: OutcomesService) {}

  @Post()
  @HttpCode(200)
  @ApiBodyExample({
    execution_id: '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10',
    metric: 'resolved',
    value: true,
  })
  @Scopes('scores:write')
  @ApiOperation({
    summary: 'Record what became of an execution',
    description:
      'Such as whether a ticket was resolved, days later. Of each execution and metric the first value counts, so a request may be sent again: `recorded` says whether it was the first. Rollouts use it as `outcome:NAME`.',
  })
  @ApiOkResponse({ type: RecordOutcomeResultDto })
  @ApiProblems(400, 404, 409)
  record(@CurrentCaller() caller: Caller, @Body() body: RecordOutcomeDto): Promise<RecordOutcomeResultDto> {
    return this.outcomes.record(caller, body);
  }

  @Get()
  @Scopes('executions:read')
  @ApiOperation({ summary: 'List outcomes, the latest first' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: ListOutcomesQueryDto): Promise<OutcomeListDto> {
    return this.outcomes.list(caller.projectId, query);
  }
}
