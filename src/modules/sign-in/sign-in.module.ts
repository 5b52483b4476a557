import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { AuthModule } from '../auth/index.js';
import { ProjectsModule } from '../projects/index.js';
import { IdentityProvider } from './identity-provider.js';
import { PeopleRepository } from './people.repository.js';
import { PeopleService } from './people.service.js';
import { SignInAttempts } from './sign-in-attempts.js';
import { SignInController } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';

/** Signing in with an identity provider. Sessions belong to `auth`, whose guard reads them. */
@Module({
  imports: [AuditModule, AuthModule, ProjectsModule],
  controllers: [SignInController],
  providers: [IdentityProvider, PeopleRepository, PeopleService, SignInAttempts, SignInService],
})
export class SignInModule {}
