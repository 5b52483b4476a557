import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, type RawAnswer, UuidPipe } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import { IDEMPOTENCY_HEADER, IdempotencyKey, type UsedKey } from '../executions/index.js';
import { CompareQueryDto, ComparisonDto, ReportQueryDto } from './dto/comparison.dto.js';
import { CreateExperimentDto } from './dto/create-experiment.dto.js';
import { ExperimentDetailDto } from './dto/experiment-detail.dto.js';
import { ExperimentDto, ExperimentListDto, ListExperimentsQueryDto } from './dto/experiment.dto.js';
import { ListResultsQueryDto, ResultListDto } from './dto/results.dto.js';
import { ExperimentsService } from './experiments.service.js';
import { ReportsService } from './reports/reports.service.js';
import { ComparisonsService } from './results/comparisons.service.js';
import { ResultsService } from './results/results.service.js';

const EXPERIMENT_ID = { name: 'experiment_id', description: 'Id of the experiment.' };
const TEXT = { schema: { type: 'string' } } as const;

@ApiTags('Experiments')
@Controller('v1/experiments')
export class ExperimentsController {
  constructor(
    private readonly experiments: ExperimentsService,
    private readonly results: ResultsService,
    private readonly comparisons: ComparisonsService,
    private readonly reports: ReportsService,
  ) {}

  @Post()
  @ApiBodyExample({
    name: 'summaries, shorter',
    dataset: { name: 'tickets' },
    candidates: [
      { label: 'a', prompt_name: 'doc_summarizer', version_number: 1, model: 'echo/echo' },
      { label: 'b', prompt_name: 'doc_summarizer', model: 'echo/echo' },
    ],
    scorers: [{ name: 'mentions-refund' }],
    repetitions: 1,
  })
  @HttpCode(202)
  @Scopes('evaluations:write')
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiOperation({
    summary: 'Run candidates on every item of a dataset, and have the answers scored',
    description:
      'What is left open is pinned now and shown: the version of the dataset, the newest versions of prompts and scorers, the model. Each cell is an ordinary execution. `Location` says where to look.',
  })
  @ApiAcceptedResponse({ type: ExperimentDto })
  @ApiProblems(400, 404, 409, 422, 503)
  create(
    @CurrentCaller() caller: Caller,
    @Body() body: CreateExperimentDto,
    @IdempotencyKey() key: UsedKey | null,
  ): Promise<RawAnswer> {
    return this.experiments.create(caller, body, key);
  }

  @Get()
  @Scopes('executions:list')
  @ApiOperation({ summary: 'List experiments, newest first' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: ListExperimentsQueryDto): Promise<ExperimentListDto> {
    return this.experiments.list(caller.projectId, query);
  }

  @Get(':experiment_id')
  @ApiParam(EXPERIMENT_ID)
  @Scopes('executions:list')
  @ApiOperation({ summary: 'Read how far an experiment is and what has come of it' })
  @ApiOkResponse({ type: ExperimentDetailDto })
  @ApiProblems(400, 404)
  get(
    @CurrentCaller() caller: Caller,
    @Param('experiment_id', UuidPipe) experimentId: string,
  ): Promise<ExperimentDetailDto> {
    return this.experiments.read(caller.projectId, experimentId);
  }

  @Get(':experiment_id/results')
  @ApiParam(EXPERIMENT_ID)
  @Scopes('executions:read')
  @ApiOperation({ summary: 'List what each candidate got for each item' })
  @ApiProblems(400, 404)
  listResults(
    @CurrentCaller() caller: Caller,
    @Param('experiment_id', UuidPipe) experimentId: string,
    @Query() query: ListResultsQueryDto,
  ): Promise<ResultListDto> {
    return this.results.list(caller.projectId, experimentId, query);
  }

  @Get(':experiment_id/compare')
  @ApiParam(EXPERIMENT_ID)
  @Scopes('executions:list')
  @ApiOperation({
    summary: 'Compare two candidates, item by item',
    description:
      'Pass and fail by the exact test of McNemar, numbers by a paired t-test from 30 items on and exact Wilcoxon below.',
  })
  @ApiProblems(400, 404, 409)
  compare(
    @CurrentCaller() caller: Caller,
    @Param('experiment_id', UuidPipe) experimentId: string,
    @Query() query: CompareQueryDto,
  ): Promise<ComparisonDto> {
    return this.comparisons.compare(caller.projectId, experimentId, query);
  }

  @Get(':experiment_id/report')
  @ApiParam(EXPERIMENT_ID)
  @Scopes('executions:list')
  @ApiOperation({
    summary: 'Get an experiment in one document',
    description:
      'Every further candidate is compared with the first. JUnit has a suite for each candidate and scorer, and a case for each item.',
  })
  @ApiOkResponse({
    description: 'The document.',
    content: {
      'application/json': { schema: { type: 'object', additionalProperties: true } },
      'application/xml': TEXT,
      'text/markdown': TEXT,
    },
  })
  @ApiProblems(400, 404)
  report(
    @CurrentCaller() caller: Caller,
    @Param('experiment_id', UuidPipe) experimentId: string,
    @Query() query: ReportQueryDto,
  ): Promise<RawAnswer> {
    return this.reports.report(caller.projectId, experimentId, query.format ?? 'json');
  }

  @Post(':experiment_id\\:cancel')
  @HttpCode(200)
  @ApiParam(EXPERIMENT_ID)
  @Scopes('evaluations:write')
  @ApiOperation({
    summary: 'Cancel an experiment',
    description: 'What waits is canceled, what is being called goes on. Again: the same.',
  })
  @ApiOkResponse({ type: ExperimentDetailDto })
  @ApiProblems(400, 404, 409)
  cancel(
    @CurrentCaller() caller: Caller,
    @Param('experiment_id', UuidPipe) experimentId: string,
  ): Promise<ExperimentDetailDto> {
    return this.experiments.cancel(caller, experimentId);
  }
}
