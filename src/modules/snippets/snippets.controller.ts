import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ApiBodyExample,
  ApiProblems,
  PageQueryDto,
  PositiveIntPipe,
  PromptNamePipe,
} from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import {
  ListSnippetsQueryDto,
  PutSnippetDto,
  PutSnippetResultDto,
  SnippetDto,
  SnippetListDto,
  SnippetUsageDto,
  SnippetVersionDto,
  SnippetVersionSummaryDto,
} from './snippets.dto.js';
import { SnippetsService } from './snippets.service.js';

const SnippetNameParam = () =>
  ApiParam({
    name: 'name',
    description: 'Name of the snippet. A slash in it is sent as `%2F`.',
    example: 'tone',
  });

@ApiTags('Snippets')
@Controller('v1/snippets')
export class SnippetsController {
  constructor(private readonly snippets: SnippetsService) {}

  @Get()
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'List snippets by name' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: ListSnippetsQueryDto): Promise<SnippetListDto> {
    return this.snippets.list(caller.projectId, query);
  }

  @Put(':name')
  @ApiBodyExample({
    template_source: 'Write for {{audience}} in a friendly tone.',
    description: 'How we speak to customers',
    created_by: 'martin',
    commit_message: 'first cut',
  })
  @SnippetNameParam()
  @Scopes('prompts:write')
  @ApiOperation({
    summary: 'Create or update a snippet',
    description:
      'A text that the snippet has had before is that version again; another one becomes the next version. Prompts use a version by its number, as in `{% render "snippet/tone@3", audience: who %}`, and do not follow newer ones.',
  })
  @ApiProblems(400, 413, 422)
  put(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Body() body: PutSnippetDto,
  ): Promise<PutSnippetResultDto> {
    return this.snippets.put(caller, name, body);
  }

  @Get(':name')
  @SnippetNameParam()
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'Read a snippet with its newest version' })
  @ApiProblems(400, 404)
  get(@CurrentCaller() caller: Caller, @Param('name', PromptNamePipe) name: string): Promise<SnippetDto> {
    return this.snippets.get(caller.projectId, name);
  }

  @Delete(':name')
  @SnippetNameParam()
  @HttpCode(204)
  @Scopes('prompts:write')
  @ApiOperation({
    summary: 'Delete a snippet',
    description: 'Refused while a version of a prompt or of another snippet uses one of its versions.',
  })
  @ApiProblems(400, 404, 409)
  delete(@CurrentCaller() caller: Caller, @Param('name', PromptNamePipe) name: string): Promise<void> {
    return this.snippets.delete(caller, name);
  }

  @Get(':name/versions')
  @SnippetNameParam()
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'List the versions of a snippet, newest first' })
  @ApiProblems(400, 404)
  listVersions(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
  ): Promise<SnippetVersionSummaryDto[]> {
    return this.snippets.listVersions(caller.projectId, name);
  }

  @Get(':name/versions/:version_number')
  @SnippetNameParam()
  @ApiParam({
    name: 'version_number',
    description: 'Number of the version within the snippet.',
    schema: { type: 'integer', minimum: 1, example: 1 },
  })
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'Read a version of a snippet' })
  @ApiProblems(400, 404)
  getVersion(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Param('version_number', PositiveIntPipe) versionNumber: number,
  ): Promise<SnippetVersionDto> {
    return this.snippets.getVersion(caller.projectId, name, versionNumber);
  }

  @Get(':name/usage')
  @SnippetNameParam()
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'List the versions of prompts and snippets that use a snippet' })
  @ApiProblems(400, 404)
  usage(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Query() query: PageQueryDto,
  ): Promise<SnippetUsageDto> {
    return this.snippets.usage(caller.projectId, name, query);
  }
}
