import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { ExperimentCellEntity } from './experiment-cell.entity.js';

/** A scorer's result for a cell: a score with its explanation, or why there is none. Append-only for the application. */
@Entity('experiment_scores')
@ForeignKey(
  () => ExperimentCellEntity,
  ['projectId', 'experimentId', 'item', 'candidate', 'repetition'],
  ['projectId', 'experimentId', 'item', 'candidate', 'repetition'],
  { name: 'experiment_scores_project_id_experiment_id_item_candidate__fkey' },
)
@Check('experiment_scores_outcome', '(error_code IS NULL) = (value IS NOT NULL AND passed IS NOT NULL)')
export class ExperimentScoreEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'experiment_id' })
  experimentId!: string;

  @PrimaryColumn('integer')
  item!: number;

  @PrimaryColumn('smallint')
  candidate!: number;

  @PrimaryColumn('smallint')
  repetition!: number;

  /** The position of the scorer in the plan. */
  @PrimaryColumn('smallint')
  scorer!: number;

  @Column('double precision', { nullable: true })
  value!: number | null;

  @Column('boolean', { nullable: true })
  passed!: boolean | null;

  @Column('text', { nullable: true })
  label!: string | null;

  /** The judgement, even one without a score. */
  @Column('uuid', { name: 'judge_execution_id', nullable: true })
  judgeExecutionId!: string | null;

  @Column('text', { name: 'error_code', nullable: true })
  errorCode!: string | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;
}
