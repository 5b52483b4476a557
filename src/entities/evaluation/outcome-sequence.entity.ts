import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/** The latest sequence number of the project's outcomes. The row is locked from taking a number to the commit. */
@Entity('outcome_sequences')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'outcome_sequences_project_id_fkey' })
export class OutcomeSequenceEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @Column('bigint')
  latest!: string;
}
