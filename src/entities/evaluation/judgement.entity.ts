import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Links a judgement to the execution that it judges. Only the server writes it, when the judgement begins. */
@Entity('judgements')
@Index('judgements_scored', ['projectId', 'scoredExecutionId'])
export class JudgementEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'execution_id' })
  executionId!: string;

  /** The execution that is judged. When its content is erased, this one's is too. */
  @Column('uuid', { name: 'scored_execution_id' })
  scoredExecutionId!: string;
}
