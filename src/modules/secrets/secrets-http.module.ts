import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { AuthModule } from '../auth/index.js';
import { RewrapSecrets } from './rewrap-secrets.js';
import { SecretOrigins } from './secret-origins.js';
import { SecretsController } from './secrets.controller.js';
import { SecretsModule } from './secrets.module.js';
import { SecretsService } from './secrets.service.js';

/** Puts and deletes the keys of projects. Only the API process needs it. */
@Module({
  imports: [AuditModule, AuthModule, SecretsModule],
  controllers: [SecretsController],
  providers: [RewrapSecrets, SecretOrigins, SecretsService],
})
export class SecretsHttpModule {}
