import { Module } from '@nestjs/common';
import { OwnAdapters } from './own-adapters.js';
import { ProjectCircuits } from './project-circuits.js';
import { ProjectProviders } from './project-providers.js';
import { SecretSealer } from './sealing/secret-sealer.js';
import { SecretWatch } from './secret-watch.js';
import { SecretsRepository } from './secrets.repository.js';

/** Providers with the keys of projects, for the API and the workers. */
@Module({
  providers: [OwnAdapters, ProjectCircuits, ProjectProviders, SecretSealer, SecretWatch, SecretsRepository],
  exports: [ProjectCircuits, ProjectProviders, SecretSealer, SecretWatch, SecretsRepository],
})
export class SecretsModule {}
