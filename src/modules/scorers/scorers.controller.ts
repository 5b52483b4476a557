import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import {
  ApiBodyExample,
  ApiProblems,
  JsonSource,
  PromptNamePipe,
  type SourcedJson,
} from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import {
  ListScorersQueryDto,
  PutScorerDto,
  PutScorerResultDto,
  ScorerDto,
  ScorerListDto,
  ScorerVersionDto,
} from './scorers.dto.js';
import { ScorersService } from './scorers.service.js';

const NAME = {
  name: 'name',
  description: 'Name of the scorer. A slash in it is sent as `%2F`.',
  example: 'mentions-refund',
};

const JSON_TYPE = 'application/json; charset=utf-8';

@ApiTags('Scorers')
@Controller('v1/scorers')
export class ScorersController {
  constructor(private readonly scorers: ScorersService) {}

  @Put(':name')
  @ApiBodyExample({ kind: 'check', check: 'contains', value: 'refund' })
  @ApiParam(NAME)
  @Scopes('evaluations:write')
  @ApiOperation({
    summary: 'Make a scorer, or give it a version',
    description:
      'A definition that the scorer has had before is that version again; another one becomes the next version. A scorer keeps its kind.',
  })
  @ApiProblems(400, 404, 409, 422, 503)
  put(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Body() body: PutScorerDto,
    @JsonSource('value') valueJson: string | null,
  ): Promise<PutScorerResultDto> {
    return this.scorers.put(caller, name, body, valueJson);
  }

  @Get()
  @Scopes('executions:list')
  @ApiOperation({ summary: 'List scorers by name' })
  @ApiOkResponse({ type: ScorerListDto })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: ListScorersQueryDto): Promise<SourcedJson> {
    return this.scorers.list(caller.projectId, query);
  }

  @Get(':name')
  @ApiParam(NAME)
  @Scopes('executions:list')
  @ApiOperation({ summary: 'Read a scorer with its newest version' })
  @ApiOkResponse({ type: ScorerDto })
  @ApiProblems(400, 404)
  async get(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Res() response: Response,
  ): Promise<void> {
    response.type(JSON_TYPE).send(await this.scorers.get(caller.projectId, name));
  }

  @Get(':name/versions')
  @ApiParam(NAME)
  @Scopes('executions:list')
  @ApiOperation({ summary: 'List the versions of a scorer, newest first' })
  @ApiOkResponse({ type: [ScorerVersionDto] })
  @ApiProblems(400, 404)
  async listVersions(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Res() response: Response,
  ): Promise<void> {
    response.type(JSON_TYPE).send(await this.scorers.listVersions(caller.projectId, name));
  }

  @Delete(':name')
  @ApiParam(NAME)
  @HttpCode(204)
  @Scopes('evaluations:write')
  @ApiOperation({
    summary: 'Delete a scorer',
    description: 'Its scores stay, and its name may be used again.',
  })
  @ApiProblems(400, 404)
  delete(@CurrentCaller() caller: Caller, @Param('name', PromptNamePipe) name: string): Promise<void> {
    return this.scorers.delete(caller, name);
  }
}
