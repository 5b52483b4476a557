import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { ScorerVersionEntity } from './scorer-version.entity.js';

/** The origins of a score: `human` is an annotation queue, `api` is a client's request, and the rest are computed. */
export const SCORE_SOURCES = ['check', 'code', 'judge', 'human', 'api'] as const;
export type ScoreSource = (typeof SCORE_SOURCES)[number];

/** The verdict of one version of a scorer on one execution. Append-only for the application. */
@Entity('scores')
@ForeignKey(
  () => ScorerVersionEntity,
  ['projectId', 'scorerId', 'scorerVersionId'],
  ['projectId', 'scorerId', 'scorerVersionId'],
  { name: 'scores_project_id_scorer_id_scorer_version_id_fkey' },
)
@Unique('scores_sequence', ['projectId', 'sequence'])
@Index('scores_computed', ['projectId', 'executionId', 'scorerVersionId', 'source'], {
  unique: true,
  where: `source IN ('check', 'code', 'judge')`,
})
@Index('scores_of_execution', ['projectId', 'executionId', 'sequence'])
@Index('scores_of_scorer', ['projectId', 'scorerId', 'sequence'])
@Index('scores_of_judgement', ['projectId', 'judgeExecutionId'], { where: 'judge_execution_id IS NOT NULL' })
@Check('scores_source_check', `source IN ('check', 'code', 'judge', 'human', 'api')`)
export class ScoreEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'score_id', default: () => 'ledger_uuid7()' })
  scoreId!: string;

  /** In the project's commit order, so a reader of one number has seen all lower ones. Has gaps. A bigint, hence a string. */
  @Column('bigint')
  sequence!: string;

  @Column('uuid', { name: 'execution_id' })
  executionId!: string;

  @Column('uuid', { name: 'scorer_id' })
  scorerId!: string;

  @Column('uuid', { name: 'scorer_version_id' })
  scorerVersionId!: string;

  @Column('text')
  source!: ScoreSource;

  /** A finite number. For a score with only a label, 1 if the label passes, otherwise 0. */
  @Column('double precision')
  value!: number;

  @Column('text', { nullable: true })
  label!: string | null;

  @Column('boolean')
  passed!: boolean;

  @Column('text', { nullable: true })
  explanation!: string | null;

  /** The judgement behind a judge's score. */
  @Column('uuid', { name: 'judge_execution_id', nullable: true })
  judgeExecutionId!: string | null;

  /** The name of who gave or requested the score. */
  @Column('text', { name: 'created_by' })
  createdBy!: string;

  /** Null for a key without a user, and for the instance. */
  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  @Column('uuid', { name: 'key_id', nullable: true })
  keyId!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
