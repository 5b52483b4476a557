import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Res,
} from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import {
  ApiBodyExample,
  ApiProblems,
  asksForFresh,
  PositiveIntPipe,
  PromptNamePipe,
  UuidPipe,
} from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes, ScopesOverPrompt } from '../auth/index.js';
import { DiffQueryDto, PromptDiffDto } from './diff/diff.dto.js';
import { DiffService } from './diff/diff.service.js';
import { GetPromptQueryDto } from './reads/get-prompt.dto.js';
import { ListPromptsQueryDto } from './reads/list-prompts.dto.js';
import { PromptNameParam, VersionNumberParam } from './prompt-params.decorators.js';
import { PromptList } from './reads/prompt-list.js';
import { PromptReads } from './reads/prompt-reads.js';
import { VersionReads } from './reads/version-reads.js';
import {
  PromptDto,
  PromptListDto,
  PutPromptDto,
  PutPromptResultDto,
  VersionDto,
  VersionSummaryDto,
} from './prompts.dto.js';
import { RenderedPromptDto, RenderPromptDto } from './rendering/render.dto.js';
import { PromptsService } from './prompts.service.js';
import { RenderService } from './rendering/render.service.js';

@ApiTags('Prompts')
@Controller('v1')
export class PromptsController {
  constructor(
    private readonly prompts: PromptsService,
    private readonly versions: VersionReads,
    private readonly reads: PromptReads,
    private readonly renders: RenderService,
    private readonly diffs: DiffService,
    private readonly lists: PromptList,
  ) {}

  @Put('prompts/:name')
  @ApiBodyExample({
    template_source: 'Summarize:\n{{text}}',
    description: 'Summarize documents',
    owner_team: 'AI-Platform',
    tags: ['docs'],
    created_by: 'martin',
    commit_message: 'first cut',
    set_active: true,
  })
  @PromptNameParam()
  @ScopesOverPrompt('prompts:write')
  @ApiOperation({
    summary: 'Create or update a prompt',
    description:
      'Content that the prompt has had before is that version again; other content becomes the next version.',
  })
  @ApiProblems(400, 409, 413, 422)
  put(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Body() body: PutPromptDto,
  ): Promise<PutPromptResultDto> {
    return this.prompts.put(caller, name, body);
  }

  @Get('prompts')
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'List prompts, by name or the last changed first' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: ListPromptsQueryDto): Promise<PromptListDto> {
    return this.lists.list(caller.projectId, query);
  }

  @Get('prompts/:name')
  @PromptNameParam()
  @Scopes('prompts:read')
  @ApiOperation({
    summary: 'Read a prompt with its active version',
    description: 'A change made through another process may show some milliseconds late.',
  })
  @ApiHeader({
    name: 'Cache-Control',
    required: false,
    description: '`no-cache`: the answer has every change that was made before the request.',
  })
  @ApiOkResponse({ type: PromptDto })
  @ApiProblems(400, 404)
  async get(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Query() { environment }: GetPromptQueryDto,
    @Headers('cache-control') cacheControl: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const options = { fresh: asksForFresh(cacheControl), environment };
    const json = await this.reads.find(caller.projectId, name, options);
    response.type('application/json; charset=utf-8').send(json);
  }

  @Delete('prompts/:name')
  @PromptNameParam()
  @HttpCode(204)
  @ScopesOverPrompt('prompts:write')
  @ApiOperation({
    summary: 'Delete a prompt',
    description:
      'Its versions and executions stay readable by id. If it runs in a protected environment, this also needs the scope `environments:write`.',
  })
  @ApiProblems(400, 404, 409)
  delete(@CurrentCaller() caller: Caller, @Param('name', PromptNamePipe) name: string): Promise<void> {
    return this.prompts.delete(caller, name);
  }

  @Post('prompts/:name\\:render')
  @ApiBodyExample({ variables: { text: 'It was the best of times.' } })
  @PromptNameParam()
  @HttpCode(200)
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'Render a prompt', description: 'Calls no provider and stores nothing.' })
  @ApiProblems(400, 404, 409, 413, 422)
  render(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Body() body: RenderPromptDto,
  ): Promise<RenderedPromptDto> {
    return this.renders.render(caller.projectId, name, body);
  }

  @Get('prompts/:name/diff')
  @PromptNameParam()
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'Compare two versions of a prompt, line by line' })
  @ApiProblems(400, 404, 422)
  diff(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Query() query: DiffQueryDto,
  ): Promise<PromptDiffDto> {
    return this.diffs.diff(caller.projectId, name, query);
  }

  @Get('prompts/:name/versions')
  @PromptNameParam()
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'List the versions of a prompt, newest first' })
  @ApiProblems(400, 404)
  listVersions(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
  ): Promise<VersionSummaryDto[]> {
    return this.versions.list(caller.projectId, name);
  }

  @Get('prompts/:name/versions/:version_number')
  @PromptNameParam()
  @VersionNumberParam()
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'Read a version by its number' })
  @ApiProblems(400, 404)
  getVersion(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Param('version_number', PositiveIntPipe) versionNumber: number,
  ): Promise<VersionDto> {
    return this.versions.get(caller.projectId, name, versionNumber);
  }

  @Post('prompts/:name/versions/:version_number\\:activate')
  @PromptNameParam()
  @VersionNumberParam()
  @HttpCode(200)
  @ScopesOverPrompt('prompts:write')
  @ApiOperation({
    summary: 'Make a version the active one',
    description: 'The active version is the one of the environment `default`.',
  })
  @ApiProblems(400, 404, 409)
  activate(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Param('version_number', PositiveIntPipe) versionNumber: number,
  ): Promise<PutPromptResultDto> {
    return this.prompts.activate(caller, name, versionNumber);
  }

  @Get('versions/:version_id')
  @ApiParam({ name: 'version_id', description: 'Id of the version.' })
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'Read a version by its id, of a deleted prompt too' })
  @ApiProblems(400, 404)
  getVersionById(
    @CurrentCaller() caller: Caller,
    @Param('version_id', UuidPipe) versionId: string,
  ): Promise<VersionDto> {
    return this.versions.getById(caller.projectId, versionId);
  }
}
