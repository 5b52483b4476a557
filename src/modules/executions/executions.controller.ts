import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import {
  ApiBodyExample,
  ApiProblems,
  JsonSource,
  getPath,
  type RawAnswer,
  SourcedJson,
  UuidPipe,
} from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes, ScopesOverPrompt } from '../auth/index.js';
import { RateLimited } from '../limits/index.js';
import { ExecuteDto, SubmitDto } from './wire/execute.dto.js';
import { ExecutionDto, ExecutionListDto } from './reads/execution-detail.dto.js';
import { ExecutionResultDto, SubmittedDto } from './wire/executions.dto.js';
import { ExecutionsService } from './executions.service.js';
import { IdempotencyKey, IDEMPOTENCY_HEADER, type UsedKey } from './idempotency/index.js';
import { GetExecutionQueryDto, ListExecutionsQueryDto } from './reads/list-executions.dto.js';
import { RunRights } from './intake/run-rights.js';
import { RunService } from './intake/run.service.js';
import { StreamService } from './streaming/index.js';
import { SubmitService } from './intake/submit.service.js';

const EXECUTE_EXAMPLE = {
  prompt_name: 'doc_summarizer',
  variables: { text: 'It was the best of times.' },
  model: { provider: 'echo', model_name: 'echo' },
  params: { max_new_tokens: 800, temperature: 0.2 },
  environment: 'dev',
  correlation_id: 'order-4711',
  timeout_ms: 60_000,
};

@ApiTags('Executions')
@Controller('v1')
export class ExecutionsController {
  constructor(
    private readonly rights: RunRights,
    private readonly runs: RunService,
    private readonly streams: StreamService,
    private readonly submits: SubmitService,
    private readonly executions: ExecutionsService,
  ) {}

  @Post('executions\\:run')
  @ApiBodyExample(EXECUTE_EXAMPLE)
  @HttpCode(200)
  @ScopesOverPrompt('executions:run')
  @RateLimited()
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiOperation({
    summary: 'Run a prompt and wait',
    description: 'The lineage is durable before the answer.',
  })
  @ApiOkResponse({ type: ExecutionResultDto })
  @ApiProblems(400, 402, 404, 409, 410, 413, 422, 429, 502, 503, 504)
  run(
    @CurrentCaller() caller: Caller,
    @Body() body: ExecuteDto,
    @JsonSource('variables') variablesJson: string | null,
    @IdempotencyKey() key: UsedKey | null,
    @Req() request: Request,
  ): Promise<RawAnswer> {
    return this.rights.whenMayRun(caller, body, () =>
      this.runs.run(caller, body, variablesJson, { path: getPath(request), key }),
    );
  }

  @Post('executions\\:stream')
  @ApiBodyExample(EXECUTE_EXAMPLE)
  @HttpCode(200)
  @ScopesOverPrompt('executions:run')
  @RateLimited()
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiProduces('text/event-stream')
  @ApiOperation({
    summary: 'Run a prompt and read the answer as it comes',
    description:
      'Server-Sent Events: `execution`, any number of `delta` (`{"text"}`, or `{"text":"","tool_calls":[{"index","id","name","arguments"}]}`), and at the end `done` with the answer of `:run`, or `error` with a problem document. The head waits for the first piece, at most 15 seconds: what fails before it is an ordinary problem with its status. The lineage is committed after the last piece and before `done`. Closing the connection cancels the execution. A repeated `Idempotency-Key` gets `execution`, one `delta` and `done`.',
  })
  @ApiOkResponse({
    description: 'The events.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiProblems(400, 402, 404, 409, 410, 413, 422, 429, 502, 503, 504)
  stream(
    @CurrentCaller() caller: Caller,
    @Body() body: ExecuteDto,
    @JsonSource('variables') variablesJson: string | null,
    @IdempotencyKey() key: UsedKey | null,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const options = { path: getPath(request), key, request, response };
    return this.rights.whenMayRun(caller, body, () =>
      this.streams.stream(caller, body, variablesJson, options),
    );
  }

  @Post('executions\\:submit')
  @ApiBodyExample(EXECUTE_EXAMPLE)
  @HttpCode(202)
  @ScopesOverPrompt('executions:run')
  @RateLimited()
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiOperation({
    summary: 'Queue a prompt',
    description: 'Durable before the answer. `Location` says where to look.',
  })
  @ApiAcceptedResponse({ type: SubmittedDto })
  @ApiProblems(400, 402, 404, 409, 410, 413, 422, 429, 503)
  submit(
    @CurrentCaller() caller: Caller,
    @Body() body: SubmitDto,
    @JsonSource('variables') variablesJson: string | null,
    @IdempotencyKey() key: UsedKey | null,
  ): Promise<RawAnswer> {
    return this.rights.whenMayRun(caller, body, () => this.submits.submit(caller, body, variablesJson, key));
  }

  @Get('executions')
  @Scopes('executions:list')
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
    @Query() query: GetExecutionQueryDto,
  ): Promise<SourcedJson> {
    return this.executions.get(caller.projectId, executionId, query.wait_ms);
  }

  @Post('executions/:execution_id\\:cancel')
  @HttpCode(200)
  @ApiParam({ name: 'execution_id', description: 'Id of the execution.' })
  @Scopes('executions:run')
  @ApiOperation({
    summary: 'Cancel an execution that waits',
    description: 'For its first attempt, or for another one. What is canceled already stays so.',
  })
  @ApiOkResponse({ type: ExecutionDto })
  @ApiProblems(400, 404, 409)
  cancel(
    @CurrentCaller() caller: Caller,
    @Param('execution_id', UuidPipe) executionId: string,
  ): Promise<SourcedJson> {
    return this.executions.cancel(caller.projectId, executionId);
  }
}
