import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { AuthModule } from '../auth/index.js';
import { MembersController } from './members.controller.js';
import { MembersRepository } from './members.repository.js';
import { MembersService } from './members.service.js';
import { TeamsController } from './teams/teams.controller.js';
import { TeamsRepository } from './teams/teams.repository.js';
import { TeamsService } from './teams/teams.service.js';
import { UsersController } from './users/users.controller.js';
import { UsersRepository } from './users/users.repository.js';
import { UsersService } from './users/users.service.js';

/** People and service accounts, and their roles in a project. */
@Module({
  imports: [AuditModule, AuthModule],
  controllers: [UsersController, MembersController, TeamsController],
  providers: [
    UsersRepository,
    UsersService,
    MembersRepository,
    MembersService,
    TeamsRepository,
    TeamsService,
  ],
})
export class MembersModule {}
