import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, PromptNamePipe, type RawAnswer } from '../../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../../auth/index.js';
import { DatasetNameParam } from '../dataset-name-param.decorator.js';
import {
  AddedItemsDto,
  AddItemsDto,
  DatasetItemsDto,
  ListItemsQueryDto,
  StagedItemsDto,
  StageItemsDto,
} from './items.dto.js';
import { FromExecutionsDto, FromExecutionsResultDto } from './from-executions.dto.js';
import { FromExecutionsService } from './from-executions.service.js';
import { ItemsService } from './items.service.js';

const ITEMS_EXAMPLE = [
  {
    external_id: 'ticket-4711',
    variables: { text: 'Where is my order?' },
    expected: 'It left our house on Monday.',
    metadata: { language: 'en' },
  },
  { external_id: 'ticket-4712', variables: { text: 'I want my money back.' } },
];

@ApiTags('Datasets')
@Controller('v1/datasets')
export class ItemsController {
  constructor(
    private readonly items: ItemsService,
    private readonly fromExecutions: FromExecutionsService,
  ) {}

  @Post(':name/items')
  @ApiBodyExample({ items: ITEMS_EXAMPLE, mode: 'append' })
  @HttpCode(200)
  @DatasetNameParam()
  @Scopes('evaluations:write')
  @ApiOperation({
    summary: 'Add items to a dataset, or replace all of them',
    description:
      'All or none, in one new version. An item that is appended changes the one with its `external_id`; without one it is a further item, even when an equal one is there. Content that the dataset holds already is no new version, in whatever order it comes.',
  })
  @ApiProblems(400, 404, 409, 413, 422)
  add(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Body() body: AddItemsDto,
  ): Promise<AddedItemsDto> {
    return this.items.add(caller, name, body);
  }

  @Post(':name/items\\:stage')
  @ApiBodyExample({ upload_id: '01990f3e-7c1a-4d52-9a3e-5b1f0c2d4e6f', part: 1, items: ITEMS_EXAMPLE })
  @HttpCode(200)
  @DatasetNameParam()
  @Scopes('evaluations:write')
  @ApiOperation({
    summary: 'Send a part of an import that is too large for one request',
    description:
      'The dataset stays as it is until `POST …/items` with the `upload_id` and the number of `parts` makes all of them one new version. Parts may come in any order and more than once; an upload that nobody ends within a day is dropped.',
  })
  @ApiProblems(400, 404, 413, 422)
  stage(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Body() body: StageItemsDto,
  ): Promise<StagedItemsDto> {
    return this.items.stage(caller, name, body);
  }

  @Post(':name/items\\:from-executions')
  @ApiBodyExample({ filter: { prompt_name: 'doc_summarizer', environment: 'dev' }, expected: 'response' })
  @HttpCode(200)
  @DatasetNameParam()
  @Scopes('evaluations:write', 'executions:read')
  @ApiOperation({
    summary: 'Make items of executions',
    description:
      'Each gets the variables of its execution, and keeps its id as `source_execution_id`, which is no part of its hash. An execution that an item was made of before changes that item, or nothing.',
  })
  @ApiProblems(400, 404, 422)
  addFromExecutions(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Body() body: FromExecutionsDto,
  ): Promise<FromExecutionsResultDto> {
    return this.fromExecutions.add(caller, name, body);
  }

  @Get(':name/items')
  @DatasetNameParam()
  @Scopes('executions:read')
  @ApiOperation({ summary: 'List the items of a version of a dataset' })
  @ApiOkResponse({ type: DatasetItemsDto })
  @ApiProblems(400, 404)
  list(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Query() query: ListItemsQueryDto,
  ): Promise<RawAnswer> {
    return this.items.list(caller.projectId, name, query);
  }
}
