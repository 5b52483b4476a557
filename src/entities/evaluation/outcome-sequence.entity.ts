import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/** The latest number that an outcome of the project got. Its row is held from the taking to the commit. */
@Entity('outcome_sequences')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'outcome_sequences_project_id_fkey' })
export class OutcomeSequenceEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @Column('bigint')
  latest!: string;
}
