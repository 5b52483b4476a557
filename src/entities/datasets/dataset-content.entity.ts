import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { DatasetEntity } from './dataset.entity.js';

/** The content of items, stored once per hash and shared by all versions and items with that hash. */
@Entity('dataset_contents')
@Index('dataset_contents_erased', ['projectId', 'datasetId', 'itemHash'], { where: 'erased_at IS NOT NULL' })
@ForeignKey(() => DatasetEntity, ['projectId', 'datasetId'], ['projectId', 'datasetId'], {
  name: 'dataset_contents_project_id_dataset_id_fkey',
})
export class DatasetContentEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'dataset_id' })
  datasetId!: string;

  /** SHA-256, 32 bytes. */
  @PrimaryColumn('bytea', { name: 'item_hash' })
  itemHash!: Buffer;

  /** `external_id`, `variables`, `expected` and `metadata` as they were sent. Read it as text, because parsing loses exact numbers. */
  @Column('json')
  content!: object;

  /** The content's size in UTF-8 bytes. */
  @Column('integer', { name: 'size_bytes' })
  sizeBytes!: number;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** When the content of the source execution was erased; then `content` only records that. */
  @Column('timestamptz', { name: 'erased_at', nullable: true })
  erasedAt!: Date | null;
}
