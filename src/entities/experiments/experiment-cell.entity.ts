import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ExperimentItemEntity } from './experiment-item.entity.js';

export type CellStatus = 'open' | 'succeeded' | 'failed' | 'canceled';

/** One execution of one candidate on one item. */
@Entity('experiment_cells')
@ForeignKey(
  () => ExperimentItemEntity,
  ['projectId', 'experimentId', 'item'],
  ['projectId', 'experimentId', 'item'],
  { name: 'experiment_cells_project_id_experiment_id_item_fkey' },
)
@Index('experiment_cells_execution', ['projectId', 'executionId'], { where: 'execution_id IS NOT NULL' })
@Index('experiment_cells_open', ['projectId', 'experimentId', 'item'], { where: `status = 'open'` })
@Check('experiment_cells_status_check', `status IN ('open', 'succeeded', 'failed', 'canceled')`)
export class ExperimentCellEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'experiment_id' })
  experimentId!: string;

  @PrimaryColumn('integer')
  item!: number;

  /** The position of the candidate in the plan. */
  @PrimaryColumn('smallint')
  candidate!: number;

  /** Counts from 0. */
  @PrimaryColumn('smallint')
  repetition!: number;

  @Column('text', { default: 'open' })
  status!: CellStatus;

  /** Null before the request, and for a refused one. */
  @Column('uuid', { name: 'execution_id', nullable: true })
  executionId!: string | null;

  @Column('text', { name: 'error_code', nullable: true })
  errorCode!: string | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;

  @Column('integer', { name: 'latency_ms', nullable: true })
  latencyMs!: number | null;

  /** Whole pico-dollars as text; null when unknown. */
  @Column('numeric', { name: 'cost_pico_usd', nullable: true })
  costPicoUsd!: string | null;

  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt!: Date | null;
}
