import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, PageQueryDto } from '../../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../../auth/index.js';
import { RouteNamePipe } from './route-name.pipe.js';
import { PutRouteDto, RouteDto, RouteListDto } from './routes.dto.js';
import { RoutesService } from './routes.service.js';

const NAME = { name: 'name', description: 'Name of the route.', example: 'cheap-first' };

@ApiTags('Routes')
@Controller('v1/routes')
export class RoutesController {
  constructor(private readonly routes: RoutesService) {}

  @Put(':name')
  @ApiBodyExample({
    description: 'Cheap first, then whoever answers',
    strategy: 'order',
    targets: [
      { provider: 'openai', model_name: 'gpt-4o-mini' },
      { provider: 'echo', model_name: 'echo' },
    ],
  })
  @ApiParam(NAME)
  @Scopes('models:write')
  @ApiOperation({
    summary: 'Make or replace a route',
    description:
      'Holds for every request that is sent after the answer. What is left out is as in a new one.',
  })
  @ApiProblems(400, 404)
  put(
    @CurrentCaller() caller: Caller,
    @Param('name', RouteNamePipe) name: string,
    @Body() body: PutRouteDto,
  ): Promise<RouteDto> {
    return this.routes.put(caller, name, body);
  }

  @Get()
  @Scopes()
  @ApiOperation({ summary: 'List routes', description: 'Any valid key may read them.' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: PageQueryDto): Promise<RouteListDto> {
    return this.routes.list(caller.projectId, query);
  }

  @Get(':name')
  @ApiParam(NAME)
  @Scopes()
  @ApiOperation({ summary: 'Read a route', description: 'Any valid key may read it.' })
  @ApiProblems(400, 404)
  get(@CurrentCaller() caller: Caller, @Param('name', RouteNamePipe) name: string): Promise<RouteDto> {
    return this.routes.read(caller.projectId, name);
  }

  @Delete(':name')
  @ApiParam(NAME)
  @HttpCode(204)
  @Scopes('models:write')
  @ApiOperation({ summary: 'Delete a route', description: 'Its name may be used again.' })
  @ApiProblems(400, 404)
  delete(@CurrentCaller() caller: Caller, @Param('name', RouteNamePipe) name: string): Promise<void> {
    return this.routes.delete(caller, name);
  }
}
