import { Module } from '@nestjs/common';
import { VersionsRepository } from './versions.repository.js';
import { VersionsService } from './versions.service.js';

@Module({ providers: [VersionsRepository, VersionsService], exports: [VersionsService] })
export class VersionsModule {}
