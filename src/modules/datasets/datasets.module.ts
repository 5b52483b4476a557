import { Module } from '@nestjs/common';
import { DatasetReadsRepository } from './dataset-reads.repository.js';

/** What others read of datasets, without HTTP. */
@Module({ providers: [DatasetReadsRepository], exports: [DatasetReadsRepository] })
export class DatasetsModule {}
