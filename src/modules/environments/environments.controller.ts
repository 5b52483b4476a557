import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, EnvironmentPipe } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import { EnvironmentParam } from './environment-param.decorator.js';
import { EnvironmentListDto, PutEnvironmentDto, PutEnvironmentResultDto } from './environments.dto.js';
import { EnvironmentsService } from './environments.service.js';

@ApiTags('Environments')
@Controller('v1/environments')
export class EnvironmentsController {
  constructor(private readonly environments: EnvironmentsService) {}

  @Get()
  @Scopes('prompts:read')
  @ApiOperation({
    summary: 'List the environments that have rules, by name',
    description: 'Any other label may be used as well, unless the project allows no unknown ones.',
  })
  list(@CurrentCaller() caller: Caller): Promise<EnvironmentListDto> {
    return this.environments.list(caller.projectId);
  }

  @Put(':name')
  @ApiBodyExample({
    protected: true,
    approvals: { required: 2, teams: [] },
    evidence: null,
    change_ttl_h: 72,
  })
  @EnvironmentParam('name', 'prod')
  @Scopes('environments:write')
  @ApiOperation({
    summary: 'Set the rules of an environment',
    description:
      'What is left out stays as it was. A protected environment runs the version that its pointer stands at and nothing else, and its pointers move by approved changes. Versions that stand there when the protection begins count as approved. It holds for every request sent after the answer.',
  })
  @ApiProblems(400)
  put(
    @CurrentCaller() caller: Caller,
    @Param('name', EnvironmentPipe) name: string,
    @Body() body: PutEnvironmentDto,
  ): Promise<PutEnvironmentResultDto> {
    return this.environments.put(caller, name, body);
  }
}
