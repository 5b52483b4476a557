import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, UuidPipe } from '../../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../../auth/index.js';
import {
  ListLooksQueryDto,
  ListRolloutEventsQueryDto,
  LookListDto,
  RolloutEventListDto,
} from '../record/looks.dto.js';
import { RolloutDetailDto } from './rollout-detail.dto.js';
import { RolloutReportsService } from './rollout-reports.service.js';

const RolloutIdParam = () => ApiParam({ name: 'rollout_id', description: 'Id of the rollout.' });

@ApiTags('Rollouts')
@Controller('v1/rollouts')
export class RolloutReportsController {
  constructor(private readonly reports: RolloutReportsService) {}

  @Get(':rollout_id')
  @RolloutIdParam()
  @Scopes('prompts:read')
  @ApiOperation({
    summary: 'Read a rollout with what it has shown',
    description:
      'For each step that has begun: units and executions of both arms, and for each metric values, bounds and effect.',
  })
  @ApiProblems(400, 404)
  get(
    @CurrentCaller() caller: Caller,
    @Param('rollout_id', UuidPipe) rolloutId: string,
  ): Promise<RolloutDetailDto> {
    return this.reports.get(caller.projectId, rolloutId);
  }

  @Get(':rollout_id/looks')
  @RolloutIdParam()
  @Scopes('prompts:read')
  @ApiOperation({
    summary: 'List the looks at a rollout, newest first',
    description: 'What each saw and decided. `prompt-ledger rollout verify` computes all of them again.',
  })
  @ApiProblems(400, 404)
  listLooks(
    @CurrentCaller() caller: Caller,
    @Param('rollout_id', UuidPipe) rolloutId: string,
    @Query() query: ListLooksQueryDto,
  ): Promise<LookListDto> {
    return this.reports.listLooks(caller.projectId, rolloutId, query);
  }

  @Get(':rollout_id/events')
  @RolloutIdParam()
  @Scopes('executions:list')
  @ApiOperation({
    summary: 'List what the looks at a rollout are computed from',
    description:
      'Its exposures and their values, in the order in which they were taken in: a look knew those up to its `last_sequence`.',
  })
  @ApiProblems(400, 404)
  listEvents(
    @CurrentCaller() caller: Caller,
    @Param('rollout_id', UuidPipe) rolloutId: string,
    @Query() query: ListRolloutEventsQueryDto,
  ): Promise<RolloutEventListDto> {
    return this.reports.listEvents(caller.projectId, rolloutId, query);
  }
}
