import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/** The latest number that a score of the project got. Its row is held from the taking to the commit. */
@Entity('score_sequences')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'score_sequences_project_id_fkey' })
export class ScoreSequenceEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @Column('bigint')
  latest!: string;
}
