import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { AuthModule } from '../auth/index.js';
import { MembersController } from './members.controller.js';
import { MembersRepository } from './members.repository.js';
import { MembersService } from './members.service.js';
import { TeamsController } from './teams.controller.js';
import { TeamsRepository } from './teams.repository.js';
import { TeamsService } from './teams.service.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** People and service accounts, and what they are in a project. */
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
