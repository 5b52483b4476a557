import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/** A named collection of items that changes in revisions. */
@Entity('datasets')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'datasets_project_id_fkey' })
@Index('datasets_name', ['projectId', 'name'], { unique: true, where: 'deleted_at IS NULL' })
export class DatasetEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'dataset_id', default: () => 'ledger_uuid7()' })
  datasetId!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  /** The schema of the items' variables, as it was sent. */
  @Column('json', { name: 'variables_schema', nullable: true })
  variablesSchema!: object | null;

  /** Counts the changes to the items. */
  @Column('integer', { default: 0 })
  revision!: number;

  /** The hash of the current content; null before the first items. */
  @Column('text', { nullable: true })
  version!: string | null;

  @Column('integer', { name: 'item_count', default: 0 })
  itemCount!: number;

  /** The position of the next item. A bigint, hence a string. */
  @Column('bigint', { name: 'next_position', default: 1 })
  nextPosition!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
