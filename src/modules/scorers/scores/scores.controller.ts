import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ApiBodyExample,
  ApiProblems,
  JsonSource,
  PromptNamePipe,
  type RawAnswer,
} from '../../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../../auth/index.js';
import { IDEMPOTENCY_HEADER, IdempotencyKey, type UsedKey } from '../../executions/index.js';
import { PostScoreService } from './post-score.service.js';
import { ScoreExecutionService } from './score-execution.service.js';
import {
  ListScoresQueryDto,
  PostScoreDto,
  ScoredExecutionDto,
  ScoreDto,
  ScoreExecutionDto,
  ScoreListDto,
} from './scores.dto.js';
import { ScoresService } from './scores.service.js';

const ANY_EXECUTION = '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10';

@ApiTags('Scores')
@Controller('v1')
export class ScoresController {
  constructor(
    private readonly scores: ScoresService,
    private readonly posting: PostScoreService,
    private readonly scoring: ScoreExecutionService,
  ) {}

  @Post('scores')
  @HttpCode(200)
  @ApiBodyExample({
    execution_id: ANY_EXECUTION,
    scorer: 'helpful',
    label: 'good',
    explanation: 'It answers the question',
  })
  @Scopes('scores:write')
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiOperation({
    summary: 'Say what you think of an execution',
    description:
      'For people and for the feedback of end users, by a scorer of kind `human`. Again: another score.',
  })
  @ApiOkResponse({ type: ScoreDto })
  @ApiProblems(400, 404, 409, 410, 422)
  post(
    @CurrentCaller() caller: Caller,
    @Body() body: PostScoreDto,
    @IdempotencyKey() key: UsedKey | null,
  ): Promise<RawAnswer> {
    return this.posting.post(caller, body, key);
  }

  @Get('scores')
  @Scopes('executions:read')
  @ApiOperation({ summary: 'List scores, the latest first' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: ListScoresQueryDto): Promise<ScoreListDto> {
    return this.scores.list(caller.projectId, query);
  }

  @Post('scorers/:name\\:score')
  @HttpCode(200)
  @ApiBodyExample({ execution_id: ANY_EXECUTION, expected: 'A refund within 30 days' })
  @ApiParam({ name: 'name', description: 'Name of the scorer.', example: 'mentions-refund' })
  @Scopes('scores:write', 'executions:run')
  @ApiHeader({
    ...IDEMPOTENCY_HEADER,
    description:
      'A name of yours for this request. Sent again with the same body, no judge is called a second time; with another body, it is refused.',
  })
  @ApiOperation({
    summary: 'Score an execution',
    description:
      'By a check, code or judge; a judge is called for it. To try a scorer before it is used: the score is kept only with `keep`.',
  })
  @ApiProblems(400, 402, 404, 409, 410, 422, 429, 503)
  score(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Body() body: ScoreExecutionDto,
    @JsonSource('expected') expectedJson: string | null,
    @IdempotencyKey() key: UsedKey | null,
  ): Promise<ScoredExecutionDto> {
    return this.scoring.score(caller, name, body, expectedJson, key);
  }
}
