import { applyDecorators, Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, OptionalBody, UuidPipe } from '../../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes, ScopesOverPrompt } from '../../auth/index.js';
import { RolloutDto, RolloutListDto } from './rollout.dto.js';
import { CreateRolloutDto, ListRolloutsQueryDto, RolloutActionDto } from './rollouts.dto.js';
import { RolloutsService } from './rollouts.service.js';

const RolloutIdParam = () => ApiParam({ name: 'rollout_id', description: 'Id of the rollout.' });

/** The decorators shared by all routes that change the status of a rollout. */
const Action = (summary: string, description: string) =>
  applyDecorators(
    RolloutIdParam(),
    ApiBody({ type: RolloutActionDto, required: false }),
    ApiBodyExample({ reason: 'As agreed with support' }),
    ScopesOverPrompt('rollouts:write'),
    ApiOperation({ summary, description }),
    ApiProblems(400, 404, 409),
  );

@ApiTags('Rollouts')
@Controller('v1/rollouts')
export class RolloutsController {
  constructor(private readonly rollouts: RolloutsService) {}

  @Post()
  @ApiBodyExample({
    name: 'shorter summaries',
    prompt_name: 'doc_summarizer',
    environment: 'default',
    candidate: { version_number: 2 },
    steps: [{ percent: 10, hold_min: 60 }, { percent: 50 }],
    primary: { metric: 'error_rate', max_regression: 0.1 },
    guardrails: [{ metric: 'error_rate' }, { metric: 'latency_p95_ms', max_regression: 0.2 }],
  })
  @ScopesOverPrompt('rollouts:write')
  @ApiOperation({
    summary: 'Prepare a rollout',
    description:
      'A draft: nobody gets the candidate before it starts. The control has to be the version that the pointer of the environment stands at.',
  })
  @ApiProblems(400, 404, 409)
  create(@CurrentCaller() caller: Caller, @Body() body: CreateRolloutDto): Promise<RolloutDto> {
    return this.rollouts.create(caller, body);
  }

  @Get()
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'List rollouts, newest first' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: ListRolloutsQueryDto): Promise<RolloutListDto> {
    return this.rollouts.list(caller.projectId, query);
  }

  @Post(':rollout_id\\:start')
  @HttpCode(200)
  @Action(
    'Start a rollout',
    'Its first step begins. One rollout of a prompt and environment runs or is paused at a time. In a protected environment it starts by an approved change.',
  )
  start(
    @CurrentCaller() caller: Caller,
    @Param('rollout_id', UuidPipe) rolloutId: string,
    @OptionalBody(RolloutActionDto) body: RolloutActionDto,
  ): Promise<RolloutDto> {
    return this.rollouts.act(caller, rolloutId, 'start', body.reason ?? null);
  }

  @Post(':rollout_id\\:pause')
  @HttpCode(200)
  @Action('Pause a rollout', 'Everybody gets the control until it is resumed, and nothing is decided.')
  pause(
    @CurrentCaller() caller: Caller,
    @Param('rollout_id', UuidPipe) rolloutId: string,
    @OptionalBody(RolloutActionDto) body: RolloutActionDto,
  ): Promise<RolloutDto> {
    return this.rollouts.act(caller, rolloutId, 'pause', body.reason ?? null);
  }

  @Post(':rollout_id\\:resume')
  @HttpCode(200)
  @Action('Resume a rollout', 'It goes on in the step in which it was paused, with the units of that step.')
  resume(
    @CurrentCaller() caller: Caller,
    @Param('rollout_id', UuidPipe) rolloutId: string,
    @OptionalBody(RolloutActionDto) body: RolloutActionDto,
  ): Promise<RolloutDto> {
    return this.rollouts.act(caller, rolloutId, 'resume', body.reason ?? null);
  }

  @Post(':rollout_id\\:stop')
  @HttpCode(200)
  @Action(
    'Stop a rollout',
    'Everybody gets the control again, without a verdict about the candidate. A draft is discarded.',
  )
  stop(
    @CurrentCaller() caller: Caller,
    @Param('rollout_id', UuidPipe) rolloutId: string,
    @OptionalBody(RolloutActionDto) body: RolloutActionDto,
  ): Promise<RolloutDto> {
    return this.rollouts.act(caller, rolloutId, 'stop', body.reason ?? null);
  }

  @Post(':rollout_id\\:roll-back')
  @HttpCode(200)
  @Action(
    'Roll a rollout back',
    'Everybody gets the control again, and the moves of the prompt say so. It needs no approval anywhere.',
  )
  rollBack(
    @CurrentCaller() caller: Caller,
    @Param('rollout_id', UuidPipe) rolloutId: string,
    @OptionalBody(RolloutActionDto) body: RolloutActionDto,
  ): Promise<RolloutDto> {
    return this.rollouts.act(caller, rolloutId, 'roll_back', body.reason ?? null);
  }
}
