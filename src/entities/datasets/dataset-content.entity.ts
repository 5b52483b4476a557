import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { DatasetEntity } from './dataset.entity.js';

/** The content of items, once for each hash, whichever versions and however many items share it. */
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

  /** `external_id`, `variables`, `expected` and `metadata` as they were sent. Read it as text: as JSON it loses its numbers. */
  @Column('json')
  content!: object;

  /** UTF-8 bytes of the content. */
  @Column('integer', { name: 'size_bytes' })
  sizeBytes!: number;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** When the content of the execution that it was made of was erased; then `content` says so, and holds nothing else. */
  @Column('timestamptz', { name: 'erased_at', nullable: true })
  erasedAt!: Date | null;
}
