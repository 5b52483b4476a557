import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { DatasetContentEntity } from './dataset-content.entity.js';

/** An item of a dataset, from the revision that added it to the one that removed it. */
@Entity('dataset_items')
@ForeignKey(
  () => DatasetContentEntity,
  ['projectId', 'datasetId', 'itemHash'],
  ['projectId', 'datasetId', 'itemHash'],
  { name: 'dataset_items_project_id_dataset_id_item_hash_fkey' },
)
@Index('dataset_items_in_order', ['projectId', 'datasetId', 'position', 'addedIn'])
@Index('dataset_items_current', ['projectId', 'datasetId', 'itemHash'], { where: 'removed_in IS NULL' })
@Index('dataset_items_by_hash', ['projectId', 'datasetId', 'itemHash'])
@Index('dataset_items_by_external_id', ['projectId', 'datasetId', 'externalId'], {
  unique: true,
  where: 'removed_in IS NULL AND external_id IS NOT NULL',
})
@Index('dataset_items_removed', ['projectId', 'datasetId', 'removedIn'], { where: 'removed_in IS NOT NULL' })
@Index('dataset_items_by_source', ['projectId', 'sourceExecutionId', 'datasetId'], {
  where: 'source_execution_id IS NOT NULL',
})
export class DatasetItemEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'dataset_id' })
  datasetId!: string;

  @PrimaryColumn('uuid', { name: 'item_id', default: () => 'ledger_uuid7()' })
  itemId!: string;

  /** The item's place in the order. A replacement takes over the position. A bigint, hence a string. */
  @Column('bigint')
  position!: string;

  @Column('bytea', { name: 'item_hash' })
  itemHash!: Buffer;

  /** The caller's own id, unique among the items of a revision. */
  @Column('text', { name: 'external_id', nullable: true })
  externalId!: string | null;

  /** The execution that the item was made from; not part of its content. */
  @Column('uuid', { name: 'source_execution_id', nullable: true })
  sourceExecutionId!: string | null;

  /** The first revision with the item. */
  @Column('integer', { name: 'added_in' })
  addedIn!: number;

  /** The first revision after the item was removed; null while it is present. */
  @Column('integer', { name: 'removed_in', nullable: true })
  removedIn!: number | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
