import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { ExecutionsModule } from '../executions/index.js';
import { DatasetReadsRepository } from './dataset-reads.repository.js';
import { DatasetsController } from './datasets.controller.js';
import { DatasetsRepository } from './datasets.repository.js';
import { DatasetsService } from './datasets.service.js';
import { FromExecutionsService } from './items/from-executions.service.js';
import { ItemsController } from './items/items.controller.js';
import { ItemsService } from './items/items.service.js';
import { Revisions } from './items/revisions.js';
import { RevisionsRepository } from './items/revisions.repository.js';
import { UploadsRepository } from './items/uploads.repository.js';

/** Lets other modules read datasets, without HTTP. */
@Module({ providers: [DatasetReadsRepository], exports: [DatasetReadsRepository] })
export class DatasetsModule {}

/** Manages lists of items to try prompts on, identified by the hash of their content. */
@Module({
  imports: [AuditModule, DatasetsModule, ExecutionsModule],
  controllers: [DatasetsController, ItemsController],
  providers: [
    DatasetsRepository,
    DatasetsService,
    FromExecutionsService,
    ItemsService,
    Revisions,
    RevisionsRepository,
    UploadsRepository,
  ],
})
export class DatasetsHttpModule {}
