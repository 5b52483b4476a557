import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { DatasetContentEntity } from './dataset-content.entity.js';
import { DatasetUploadEntity } from './dataset-upload.entity.js';

/** One item of an upload. */
@Entity('dataset_upload_items')
@ForeignKey(
  () => DatasetUploadEntity,
  ['projectId', 'datasetId', 'uploadId'],
  ['projectId', 'datasetId', 'uploadId'],
  { name: 'dataset_upload_items_project_id_dataset_id_upload_id_fkey' },
)
@ForeignKey(
  () => DatasetContentEntity,
  ['projectId', 'datasetId', 'itemHash'],
  ['projectId', 'datasetId', 'itemHash'],
  { name: 'dataset_upload_items_project_id_dataset_id_item_hash_fkey' },
)
@Index('dataset_upload_items_by_hash', ['projectId', 'datasetId', 'itemHash'])
export class DatasetUploadItemEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'dataset_id' })
  datasetId!: string;

  @PrimaryColumn('uuid', { name: 'upload_id' })
  uploadId!: string;

  /** The client numbers parts from 1 and may send them in any order. */
  @PrimaryColumn('integer')
  part!: number;

  /** The item's place in the part, from 0. */
  @PrimaryColumn('integer')
  ordinal!: number;

  @Column('bytea', { name: 'item_hash' })
  itemHash!: Buffer;

  @Column('text', { name: 'external_id', nullable: true })
  externalId!: string | null;

  @Column('uuid', { name: 'source_execution_id', nullable: true })
  sourceExecutionId!: string | null;
}
