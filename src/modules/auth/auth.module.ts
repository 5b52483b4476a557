import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuditModule } from '../audit/index.js';
import { ProjectsModule } from '../projects/index.js';
import { AuthGuard } from './auth.guard.js';
import { Authenticator } from './authentication/authenticator.js';
import { KeyLookups } from './authentication/key-lookups.js';
import { KeyOwners } from './keys/key-owners.js';
import { KeysController } from './keys/keys.controller.js';
import { KeysRepository } from './authentication/keys.repository.js';
import { KeysService } from './keys/keys.service.js';
import { MeController } from './me/me.controller.js';
import { MeService } from './me/me.service.js';
import { SecretHasher } from './authentication/secret-hasher.js';
import { EndSessionService } from './sessions/end-session.service.js';
import { OpenSessionService } from './sessions/open-session.service.js';
import { SessionAuthenticator } from './sessions/session-authenticator.js';
import { SessionLog } from './sessions/session-log.js';
import { SessionTokens } from './sessions/session-tokens.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsRepository } from './sessions/sessions.repository.js';

/** Keys, sessions, and the guard in front of every route. Only the API process needs them. */
@Module({
  imports: [AuditModule, ProjectsModule],
  controllers: [KeysController, MeController, SessionsController],
  providers: [
    Authenticator,
    EndSessionService,
    KeyLookups,
    KeyOwners,
    KeysRepository,
    KeysService,
    MeService,
    OpenSessionService,
    SecretHasher,
    SessionAuthenticator,
    SessionLog,
    SessionTokens,
    SessionsRepository,
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
  exports: [Authenticator, KeysService, SecretHasher, SessionLog],
})
export class AuthModule {}
