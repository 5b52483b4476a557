import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Request } from 'express';
import {
  ApiBodyExample,
  ApiProblems,
  getJsonText,
  type RawAnswer,
  UuidPipe,
} from '../../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes, ScopesOverPrompt } from '../../auth/index.js';
import { RateLimited } from '../../limits/index.js';
import { RunRights } from '../intake/run-rights.js';
import { IDEMPOTENCY_HEADER, IdempotencyKey, type UsedKey } from '../idempotency/index.js';
import { BatchDto, SubmitBatchDto, SubmittedBatchDto } from './batches.dto.js';
import type { VariablesSource } from './batch-entries.js';
import { BatchesService } from './batches.service.js';

const BATCH_ID = { name: 'batch_id', description: 'Id of the batch.' };

@ApiTags('Batches')
@Controller('v1')
export class BatchesController {
  constructor(
    private readonly rights: RunRights,
    private readonly batches: BatchesService,
  ) {}

  @Post('executions\\:submit-batch')
  @ApiBodyExample({
    prompt_name: 'doc_summarizer',
    model: { provider: 'echo', model_name: 'echo' },
    environment: 'dev',
    entries: [
      { variables: { text: 'It was the best of times.' }, correlation_id: 'order-4711' },
      { variables: { text: 'Call me Ishmael.' } },
    ],
  })
  @HttpCode(202)
  @ScopesOverPrompt('executions:run')
  @RateLimited()
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiOperation({
    summary: 'Queue a prompt for many sets of variables',
    description: 'All or nothing: one bad entry submits none. `Location` says where to look.',
  })
  @ApiAcceptedResponse({ type: SubmittedBatchDto })
  @ApiProblems(400, 402, 404, 409, 413, 422, 429, 503)
  submit(
    @CurrentCaller() caller: Caller,
    @Body() body: SubmitBatchDto,
    @IdempotencyKey() key: UsedKey | null,
    @Req() request: Request,
  ): Promise<RawAnswer> {
    const text = getJsonText(request);
    const variables: VariablesSource = {
      of: (index) => text?.findSource('entries', index, 'variables') ?? null,
      sizeOf: (index) => text?.measureSize('entries', index, 'variables') ?? 0,
    };
    return this.rights.whenMayRun(caller, body, () => this.batches.submit(caller, body, variables, key));
  }

  @Get('batches/:batch_id')
  @Scopes('executions:read')
  @ApiParam(BATCH_ID)
  @ApiOperation({ summary: 'Read how far a batch is' })
  @ApiOkResponse({ type: BatchDto })
  @ApiProblems(400, 404)
  get(@CurrentCaller() caller: Caller, @Param('batch_id', UuidPipe) batchId: string): Promise<BatchDto> {
    return this.batches.get(caller.projectId, batchId);
  }

  @Post('batches/:batch_id\\:cancel')
  @HttpCode(200)
  @Scopes('executions:run')
  @ApiParam(BATCH_ID)
  @ApiOperation({
    summary: 'Cancel what is left of a batch',
    description: 'What is being called goes on. Again: the same.',
  })
  @ApiOkResponse({ type: BatchDto })
  @ApiProblems(400, 404)
  cancel(@CurrentCaller() caller: Caller, @Param('batch_id', UuidPipe) batchId: string): Promise<BatchDto> {
    return this.batches.cancel(caller.projectId, batchId);
  }
}
