import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, PageQueryDto, UuidPipe } from '../../infra/http/index.js';
import {
  type Caller,
  CreatedKeyDto,
  CreateKeyDto,
  CurrentCaller,
  InstanceAdmin,
  Scopes,
} from '../auth/index.js';
import { ProjectKeysService } from './project-keys.service.js';
import { CreateProjectDto, ProjectDto, ProjectListDto, UpdateProjectDto } from './tenants.dto.js';
import { TenantsService } from './tenants.service.js';

const PROJECT_ID = { name: 'project_id', description: 'Id of the project.' };

@ApiTags('Projects')
@Controller('v1/projects')
export class TenantsController {
  constructor(
    private readonly tenants: TenantsService,
    private readonly keys: ProjectKeysService,
  ) {}

  @Post()
  @ApiBodyExample({ name: 'checkout', settings: { retention_days: { prod: 90 }, mask: ['email'] } })
  @InstanceAdmin()
  @ApiOperation({
    summary: 'Make a project',
    description:
      'It begins with the models and prices of the catalogue and the environments dev, staging and prod.',
  })
  @ApiProblems(400, 409)
  create(@CurrentCaller() caller: Caller, @Body() body: CreateProjectDto): Promise<ProjectDto> {
    return this.tenants.create(caller, body);
  }

  @Get()
  @InstanceAdmin()
  @ApiOperation({ summary: 'List the projects of the instance' })
  @ApiProblems(400)
  list(@Query() query: PageQueryDto): Promise<ProjectListDto> {
    return this.tenants.list(query);
  }

  @Get(':project_id')
  @ApiParam(PROJECT_ID)
  @Scopes('settings:write')
  @ApiOperation({ summary: 'Read a project', description: 'Of a key only its own.' })
  @ApiProblems(400, 404)
  get(
    @CurrentCaller() caller: Caller,
    @Param('project_id', UuidPipe) projectId: string,
  ): Promise<ProjectDto> {
    return this.tenants.get(caller, projectId);
  }

  @Patch(':project_id')
  @ApiBodyExample({ settings: { allow_unknown_environments: true } })
  @ApiParam(PROJECT_ID)
  @Scopes('settings:write')
  @ApiOperation({
    summary: 'Change a project',
    description: 'A key changes the settings of its own project; the instance also renames and archives.',
  })
  @ApiProblems(400, 404, 409)
  update(
    @CurrentCaller() caller: Caller,
    @Param('project_id', UuidPipe) projectId: string,
    @Body() body: UpdateProjectDto,
  ): Promise<ProjectDto> {
    return this.tenants.update(caller, projectId, body);
  }

  @Post(':project_id/keys')
  @ApiBodyExample({ name: 'admin of checkout', role: 'admin' })
  @ApiParam(PROJECT_ID)
  @InstanceAdmin()
  @ApiOperation({
    summary: 'Make a key of a project',
    description: 'Such as the first one of a fresh project. It is shown in this answer and never again.',
  })
  @ApiProblems(400, 404)
  createKey(
    @CurrentCaller() caller: Caller,
    @Param('project_id', UuidPipe) projectId: string,
    @Body() body: CreateKeyDto,
  ): Promise<CreatedKeyDto> {
    return this.keys.create(caller, projectId, body);
  }
}
