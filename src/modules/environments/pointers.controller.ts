import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, EnvironmentPipe, PromptNamePipe } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes, ScopesOverPrompt } from '../auth/index.js';
import { PromptNameParam } from '../prompts/index.js';
import { EnvironmentParam } from './environment-param.decorator.js';
import {
  ListMovesQueryDto,
  MovedPointerDto,
  MovePointerDto,
  PointerMovesDto,
  PromptEnvironmentsDto,
  RollbackDto,
} from './pointers.dto.js';
import { PointersService } from './pointers.service.js';

@ApiTags('Environments')
@Controller('v1')
export class PointersController {
  constructor(private readonly pointers: PointersService) {}

  @Get('prompts/:name/environments')
  @PromptNameParam()
  @Scopes('prompts:read')
  @ApiOperation({ summary: 'List which version of a prompt runs in which environment' })
  @ApiProblems(400, 404)
  list(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
  ): Promise<PromptEnvironmentsDto> {
    return this.pointers.list(caller.projectId, name);
  }

  @Put('prompts/:name/environments/:environment')
  @ApiBodyExample({ version_number: 1, reason: 'Shorter answers' })
  @PromptNameParam()
  @EnvironmentParam('environment', 'staging')
  @ScopesOverPrompt('environments:move')
  @ApiOperation({
    summary: 'Move a version of a prompt to an environment',
    description:
      'Every run there that is sent after the answer gets it, on every process. The version of `default` is the active one, which runs wherever an environment has none of its own.',
  })
  @ApiProblems(400, 404, 409)
  move(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Param('environment', EnvironmentPipe) environment: string,
    @Body() body: MovePointerDto,
  ): Promise<MovedPointerDto> {
    return this.pointers.move(caller, name, environment, body);
  }

  @Post('prompts/:name/environments/:environment\\:rollback')
  @ApiBodyExample({ reason: 'Answers got too long' })
  @PromptNameParam()
  @EnvironmentParam('environment', 'staging')
  @HttpCode(200)
  @ScopesOverPrompt('environments:move')
  @ApiOperation({
    summary: 'Move a prompt back to the version that ran in an environment before',
    description:
      'Takes the latest move back; twice in a row ends where it began. In a protected environment only to a version that was approved for it once.',
  })
  @ApiProblems(400, 404, 409)
  rollBack(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Param('environment', EnvironmentPipe) environment: string,
    @Body() body: RollbackDto,
  ): Promise<MovedPointerDto> {
    return this.pointers.rollBack(caller, name, environment, body.reason);
  }

  @Get('prompts/:name/moves')
  @PromptNameParam()
  @Scopes('prompts:read')
  @ApiOperation({
    summary: 'List what ran where, newest first',
    description: 'Every move that a pointer of the prompt ever made, with who made it and why.',
  })
  @ApiProblems(400, 404)
  listMoves(
    @CurrentCaller() caller: Caller,
    @Param('name', PromptNamePipe) name: string,
    @Query() query: ListMovesQueryDto,
  ): Promise<PointerMovesDto> {
    return this.pointers.listMoves(caller.projectId, name, query);
  }
}
