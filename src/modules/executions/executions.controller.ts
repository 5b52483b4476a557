import { Body, Controller, Get, HttpCode, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems, JsonSource, SourcedJson, UuidPipe } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import { ExecuteDto } from './execute.dto.js';
import { ExecutionDto, ExecutionListDto, ExecutionResultDto, SubmittedDto } from './executions.dto.js';
import { GetExecutionQueryDto, ListExecutionsQueryDto } from './list-executions.dto.js';
import { ExecutionsService } from './executions.service.js';
import { NoIdempotencyKeyGuard } from './no-idempotency-key.guard.js';

@ApiTags('Executions')
@Controller('v1')
export class ExecutionsController {
  constructor(private readonly executions: ExecutionsService) {}

  @Post('executions\\:run')
  @HttpCode(200)
  @Scopes('executions:run')
  @UseGuards(NoIdempotencyKeyGuard)
  @ApiOperation({
    summary: 'Run a prompt and wait',
    description: 'The lineage is durable before the answer.',
  })
  @ApiProblems(400, 404, 409, 413, 422, 502, 503, 504)
  run(
    @CurrentCaller() caller: Caller,
    @Body() body: ExecuteDto,
    @JsonSource('variables') variablesJson: string | null,
  ): Promise<ExecutionResultDto> {
    return this.executions.run(caller, body, variablesJson);
  }

  @Post('executions\\:submit')
  @HttpCode(202)
  @Scopes('executions:run')
  @UseGuards(NoIdempotencyKeyGuard)
  @ApiOperation({
    summary: 'Queue a prompt',
    description: 'Durable before the answer. `Location` says where to look.',
  })
  @ApiProblems(400, 404, 409, 413, 422, 503)
  async submit(
    @CurrentCaller() caller: Caller,
    @Body() body: ExecuteDto,
    @JsonSource('variables') variablesJson: string | null,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SubmittedDto> {
    const submitted = await this.executions.submit(caller, body, variablesJson);
    response.location(`/v1/executions/${submitted.execution_id}`);
    return submitted;
  }

  @Get('executions')
  @Scopes('executions:read')
  @ApiOperation({ summary: 'List executions, newest first' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: ListExecutionsQueryDto): Promise<ExecutionListDto> {
    return this.executions.list(caller.projectId, query);
  }

  @Get('executions/:execution_id')
  @ApiParam({ name: 'execution_id', description: 'Id of the execution.' })
  @Scopes('executions:read')
  @ApiOperation({ summary: 'Read an execution with its whole lineage' })
  @ApiOkResponse({ type: ExecutionDto })
  @ApiProblems(400, 404)
  get(
    @CurrentCaller() caller: Caller,
    @Param('execution_id', UuidPipe) executionId: string,
    @Query() _query: GetExecutionQueryDto,
  ): Promise<SourcedJson> {
    return this.executions.get(caller.projectId, executionId);
  }
}
