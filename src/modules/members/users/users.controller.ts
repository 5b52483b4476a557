import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiBodyExample, ApiProblems, UuidPipe } from '../../../infra/http/index.js';
import { type Caller, CurrentCaller, Scopes } from '../../auth/index.js';
import { CreateUserDto, ListUsersQueryDto, UpdateUserDto, UserDto, UserListDto } from './users.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('Users')
@Controller('v1/users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Post()
  @ApiBodyExample({ kind: 'service', name: 'Nightly evaluation' })
  @Scopes('members:write')
  @ApiOperation({
    summary: 'Make a user',
    description: 'A person or a service account. They may do nothing until they are a member of a project.',
  })
  @ApiProblems(400, 409)
  create(@CurrentCaller() caller: Caller, @Body() body: CreateUserDto): Promise<UserDto> {
    return this.users.create(caller, body);
  }

  @Get()
  @Scopes('members:write')
  @ApiOperation({
    summary: 'List users',
    description: 'Members of the project and whom it has made; for the admin of the instance, everybody.',
  })
  @ApiProblems(400)
  list(@CurrentCaller() caller: Caller, @Query() query: ListUsersQueryDto): Promise<UserListDto> {
    return this.users.list(caller, query);
  }

  @Patch(':user_id')
  @ApiBodyExample({ disabled: false })
  @ApiParam({ name: 'user_id', description: 'Id of the user.' })
  @Scopes('members:write')
  @ApiOperation({
    summary: 'Disable or enable a user',
    description:
      'Their keys are refused within 5 seconds on every process. A project may do so to whom it made.',
  })
  @ApiProblems(400, 404)
  update(
    @CurrentCaller() caller: Caller,
    @Param('user_id', UuidPipe) userId: string,
    @Body() body: UpdateUserDto,
  ): Promise<UserDto> {
    return this.users.update(caller, userId, body);
  }
}
