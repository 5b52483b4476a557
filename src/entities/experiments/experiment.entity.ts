import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { DatasetEntity } from '../datasets/dataset.entity.js';
import { ProjectEntity } from '../people/project.entity.js';

export const EXPERIMENT_STATUSES = [
  'queued',
  'running',
  'completed',
  'failed',
  'canceled',
  'stopped_by_budget',
] as const;
export type ExperimentStatus = (typeof EXPERIMENT_STATUSES)[number];

/** An experiment, which runs every candidate on every item of a dataset version and scores the answers. */
@Entity('experiments')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'experiments_project_id_fkey' })
@ForeignKey(() => DatasetEntity, ['projectId', 'datasetId'], ['projectId', 'datasetId'], {
  name: 'experiments_project_id_dataset_id_fkey',
})
@Index('experiments_unfinished', ['experimentId'], { where: `status IN ('queued', 'running')` })
@Check(
  'experiments_status_check',
  `status IN ('queued', 'running', 'completed', 'failed', 'canceled', 'stopped_by_budget')`,
)
@Check('experiments_item_count_check', 'item_count >= 0')
@Check('experiments_cell_count_check', 'cell_count >= 0')
export class ExperimentEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'experiment_id', default: () => 'ledger_uuid7()' })
  experimentId!: string;

  @Column('text')
  name!: string;

  @Column('text', { default: 'queued' })
  status!: ExperimentStatus;

  @Column('uuid', { name: 'dataset_id' })
  datasetId!: string;

  /** The dataset's name at the time. */
  @Column('text', { name: 'dataset_name' })
  datasetName!: string;

  /** The hash of the items' content. */
  @Column('text', { name: 'dataset_version' })
  datasetVersion!: string;

  @Column('integer', { name: 'item_count' })
  itemCount!: number;

  /** Items × candidates × repetitions. */
  @Column('integer', { name: 'cell_count' })
  cellCount!: number;

  /** The versions pinned when the experiment was created. */
  @Column('json')
  plan!: unknown;

  /** Whole pico-dollars as text; null when it cannot be estimated. */
  @Column('numeric', { name: 'expected_cost_pico_usd', nullable: true })
  expectedCostPicoUsd!: string | null;

  /** Null for no limit. */
  @Column('numeric', { name: 'max_cost_pico_usd', nullable: true })
  maxCostPicoUsd!: string | null;

  /** The caller whose limits its executions count against. */
  @Column('json')
  caller!: unknown;

  /** The name of its creator. */
  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt!: Date | null;

  /** Why the experiment failed, or which budget stopped it. */
  @Column('text', { name: 'error_code', nullable: true })
  errorCode!: string | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;

  /** The number of opened items; all of them have their cells. */
  @Column('integer', { name: 'next_item', default: 0 })
  nextItem!: number;

  /** The dataset position after which the next items are read; null at the start. A bigint, hence a string. */
  @Column('bigint', { name: 'after_position', nullable: true })
  afterPosition!: string | null;

  /** When the lease of the driving process ends; null before the first lease. */
  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;

  /** Grows with each lease. */
  @Column('integer', { default: 0 })
  fence!: number;
}
