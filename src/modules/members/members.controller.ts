import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, PageQueryDto, UuidPipe } from '../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../auth/index.js';
import { MemberDto, MemberListDto, PutMemberDto } from './members.dto.js';
import { MembersService } from './members.service.js';

const USER_ID = { name: 'user_id', description: 'Id of the user.' };

@ApiTags('Members')
@Controller('v1/members')
export class MembersController {
  constructor(private readonly members: MembersService) {}

  @Get()
  @Scopes('members:write')
  @ApiOperation({ summary: 'List the members of the project' })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: PageQueryDto): Promise<MemberListDto> {
    return this.members.list(caller.projectId, query);
  }

  @Put(':user_id')
  @ApiBodyExample({ role: 'editor' })
  @ApiParam(USER_ID)
  @Scopes('members:write')
  @ApiOperation({
    summary: 'Make a user a member, or change their role',
    description: 'It holds for all of their keys within 5 seconds on every process.',
  })
  @ApiProblems(400, 404)
  put(
    @CurrentCaller() caller: Caller,
    @Param('user_id', UuidPipe) userId: string,
    @Body() body: PutMemberDto,
  ): Promise<MemberDto> {
    return this.members.put(caller, userId, body);
  }

  @Delete(':user_id')
  @ApiParam(USER_ID)
  @HttpCode(204)
  @Scopes('members:write')
  @ApiOperation({
    summary: 'Take a member out of the project',
    description: 'Out of its teams, too. Their keys are refused within 5 seconds on every process.',
  })
  @ApiProblems(400, 404)
  delete(@CurrentCaller() caller: Caller, @Param('user_id', UuidPipe) userId: string): Promise<void> {
    return this.members.delete(caller, userId);
  }
}
