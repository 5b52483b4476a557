export { DatasetsHttpModule, DatasetsModule } from './datasets.module.js';
export { DatasetReadsRepository } from './dataset-reads.repository.js';
export type { DatasetItem, DatasetItemPage, DatasetVersion } from './dataset-reads.repository.js';
export { DatasetNotFoundError, DatasetVersionNotFoundError } from './errors.js';
