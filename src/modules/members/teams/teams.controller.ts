import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, PageQueryDto } from '../../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../../auth/index.js';
import { TeamNamePipe } from './team-name.pipe.js';
import { PutTeamDto, TeamDto, TeamListDto } from './teams.dto.js';
import { TeamsService } from './teams.service.js';

const NAME = { name: 'name', description: 'Name of the team.', example: 'AI-Platform' };

@ApiTags('Teams')
@Controller('v1/teams')
export class TeamsController {
  constructor(private readonly teams: TeamsService) {}

  @Get()
  @Scopes('members:write')
  @ApiOperation({ summary: 'List teams by name' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: PageQueryDto): Promise<TeamListDto> {
    return this.teams.list(caller.projectId, query);
  }

  @Get(':name')
  @ApiParam(NAME)
  @Scopes('members:write')
  @ApiOperation({ summary: 'Read a team' })
  @ApiProblems(400, 404)
  get(@CurrentCaller() caller: Caller, @Param('name', TeamNamePipe) name: string): Promise<TeamDto> {
    return this.teams.get(caller.projectId, name);
  }

  @Put(':name')
  @ApiBodyExample({ members: [], role: 'editor' })
  @ApiParam(NAME)
  @Scopes('members:write')
  @ApiOperation({
    summary: 'Make or replace a team',
    description: 'Its members may do more with the prompts whose `owner_team` it is, and only with those.',
  })
  @ApiProblems(400, 404)
  put(
    @CurrentCaller() caller: Caller,
    @Param('name', TeamNamePipe) name: string,
    @Body() body: PutTeamDto,
  ): Promise<TeamDto> {
    return this.teams.put(caller, name, body);
  }

  @Delete(':name')
  @ApiParam(NAME)
  @HttpCode(204)
  @Scopes('members:write')
  @ApiOperation({ summary: 'Delete a team', description: 'Prompts keep its name as their `owner_team`.' })
  @ApiProblems(400, 404)
  delete(@CurrentCaller() caller: Caller, @Param('name', TeamNamePipe) name: string): Promise<void> {
    return this.teams.delete(caller, name);
  }
}
