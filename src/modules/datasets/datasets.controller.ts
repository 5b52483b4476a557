import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiBodyExample,
  ApiProblems,
  PageQueryDto,
  PromptNamePipe,
  type SourcedJson,
} from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import { DatasetNameParam } from './dataset-name-param.decorator.js';
import { DatasetDto, DatasetListDto, DatasetVersionsDto, PutDatasetDto } from './datasets.dto.js';
import { DatasetsService } from './datasets.service.js';

@ApiTags('Datasets')
@Controller('v1/datasets')
export class DatasetsController {
  constructor(private readonly datasets: DatasetsService) {}

  @Get()
  @Scopes('executions:list')
  @ApiOperation({ summary: 'List datasets, by name' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: PageQueryDto): Promise<DatasetListDto> {
    return this.datasets.list(caller.projectId, query);
  }

  @Put(':name')
  @ApiBodyExample({
    description: 'Tickets that were hard to answer',
    variables_schema: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } },
  })
  @DatasetNameParam()
  @Scopes('evaluations:write')
  @ApiOperation({
    summary: 'Make a dataset, or change what is said of it',
    description: 'What is left out stays as it was.',
  })
  @ApiOkResponse({ type: DatasetDto })
  @ApiProblems(400)
  put(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Body() body: PutDatasetDto,
  ): Promise<SourcedJson> {
    return this.datasets.put(caller, name, body);
  }

  @Get(':name')
  @DatasetNameParam()
  @Scopes('executions:list')
  @ApiOperation({ summary: 'Read a dataset, without its items' })
  @ApiOkResponse({ type: DatasetDto })
  @ApiProblems(400, 404)
  get(@CurrentCaller() caller: Caller, @Param('name', PromptNamePipe) name: string): Promise<SourcedJson> {
    return this.datasets.get(caller.projectId, name);
  }

  @Delete(':name')
  @HttpCode(204)
  @DatasetNameParam()
  @Scopes('evaluations:write')
  @ApiOperation({
    summary: 'Delete a dataset',
    description: 'The name may be used again. What was tried on its items keeps them.',
  })
  @ApiNoContentResponse({ description: 'It is deleted.' })
  @ApiProblems(400, 404)
  delete(@CurrentCaller() caller: Caller, @Param('name', PromptNamePipe) name: string): Promise<void> {
    return this.datasets.delete(caller, name);
  }

  @Get(':name/versions')
  @DatasetNameParam()
  @Scopes('executions:list')
  @ApiOperation({
    summary: 'List the versions of a dataset, newest first',
    description: 'A version is what a dataset held, by its hash. Versions are kept.',
  })
  @ApiProblems(400, 404)
  listVersions(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Query() query: PageQueryDto,
  ): Promise<DatasetVersionsDto> {
    return this.datasets.listVersions(caller.projectId, name, query);
  }
}
