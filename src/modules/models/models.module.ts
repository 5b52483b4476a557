import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { ModelsController } from './models.controller.js';
import { ModelsRepository } from './models.repository.js';
import { ModelsService } from './models.service.js';

/** What others need of models. A worker loads this and no controllers. */
@Module({ imports: [AuditModule], providers: [ModelsRepository, ModelsService], exports: [ModelsService] })
export class ModelsModule {}

/** The HTTP half. */
@Module({ imports: [ModelsModule], controllers: [ModelsController] })
export class ModelsHttpModule {}
