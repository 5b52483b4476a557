import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { ExperimentEntity } from './experiment.entity.js';

/** An item that an experiment has started on. */
@Entity('experiment_items')
@ForeignKey(() => ExperimentEntity, ['projectId', 'experimentId'], ['projectId', 'experimentId'], {
  name: 'experiment_items_project_id_experiment_id_fkey',
})
@Check('experiment_items_item_check', 'item >= 0')
export class ExperimentItemEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'experiment_id' })
  experimentId!: string;

  /** Counts from 0, in the order of the dataset's version. */
  @PrimaryColumn('integer')
  item!: number;

  /** The item's position in the dataset. A bigint, hence a string. */
  @Column('bigint')
  position!: string;

  @Column('bytea', { name: 'item_hash' })
  itemHash!: Buffer;

  @Column('text', { name: 'external_id', nullable: true })
  externalId!: string | null;
}
