import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** That an execution asks a judge about another one. Written when it begins, by nobody's word but the server's. */
@Entity('judgements')
@Index('judgements_scored', ['projectId', 'scoredExecutionId'])
export class JudgementEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'execution_id' })
  executionId!: string;

  /** The execution that is judged, and with whose content this one's goes. */
  @Column('uuid', { name: 'scored_execution_id' })
  scoredExecutionId!: string;
}
