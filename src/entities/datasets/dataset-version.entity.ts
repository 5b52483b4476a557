import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { DatasetEntity } from './dataset.entity.js';

/** The items of a dataset at a revision, identified by their hash. Append-only for the application. */
@Entity('dataset_versions')
@ForeignKey(() => DatasetEntity, ['projectId', 'datasetId'], ['projectId', 'datasetId'], {
  name: 'dataset_versions_project_id_dataset_id_fkey',
})
@Index('dataset_versions_in_order', ['projectId', 'datasetId', 'revision'], { unique: true })
export class DatasetVersionEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'dataset_id' })
  datasetId!: string;

  /** SHA-256 of the items' sorted hashes, in lower-case hex. */
  @PrimaryColumn('text')
  version!: string;

  /** The first revision with this content. */
  @Column('integer')
  revision!: number;

  @Column('integer', { name: 'item_count' })
  itemCount!: number;

  /** The position of the first item; 0 without items. A bigint, hence a string. */
  @Column('bigint', { name: 'first_position' })
  firstPosition!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** The display name of its creator. */
  @Column('text', { name: 'created_by' })
  createdBy!: string;
}
