import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { ApiBodyExample, ApiProblems, getJsonText, type RawAnswer } from '../../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../../auth/index.js';
import { IDEMPOTENCY_HEADER, IdempotencyKey, type UsedKey } from '../idempotency/index.js';
import { RecordAnswerDto, RecordDto } from './recording.dto.js';
import { type EntrySource, RecordingService } from './recording.service.js';

@ApiTags('Executions')
@Controller('v1')
export class RecordingController {
  constructor(private readonly recordings: RecordingService) {}

  @Post('executions\\:record')
  @ApiBodyExample({
    executions: [
      {
        prompt_name: 'doc_summarizer',
        variables: { text: 'It was the best of times.' },
        model: { provider: 'my-own', model_name: 'shout-1' },
        params: { temperature: 0.2 },
        status: 'succeeded',
        response_text: 'Good and bad times.',
        finish_reason: 'stop',
        usage: { prompt_tokens: 12, response_tokens: 5 },
        started_at: '2026-11-24T10:00:00.000Z',
        latency_ms: 812,
        environment: 'dev',
        correlation_id: 'order-4711',
      },
    ],
  })
  @HttpCode(200)
  @Scopes('executions:run')
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiOperation({
    summary: 'Record executions that you made yourself',
    description:
      'For whoever calls a provider without this service in between: the same lineage, afterwards. The prompt is ' +
      'rendered here, from version and variables. An entry that is malformed refuses the whole call; one whose prompt, ' +
      'version or variables are not there is rejected alone, and the others are recorded. Durable before the answer.',
  })
  @ApiOkResponse({ type: RecordAnswerDto })
  @ApiProblems(400, 409, 413, 422, 429, 503)
  record(
    @CurrentCaller() caller: Caller,
    @Body() body: RecordDto,
    @IdempotencyKey() key: UsedKey | null,
    @Req() request: Request,
  ): Promise<RawAnswer> {
    const text = getJsonText(request);
    const getSource: EntrySource = (...path) => text?.findSource('executions', ...path) ?? null;
    return this.recordings.record(caller, body, getSource, key);
  }
}
