import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

export const SCORER_KINDS = ['check', 'code', 'judge', 'human'] as const;
export type ScorerKind = (typeof SCORER_KINDS)[number];

/** A scorer. Its name is unique among the project's live scorers, and its versions hold the definitions. */
@Entity('scorers')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'scorers_project_id_fkey' })
@Index('scorers_live_name', ['projectId', 'name'], { unique: true, where: 'deleted_at IS NULL' })
@Index('scorers_name', ['projectId', 'name'])
@Check('scorers_kind_check', `kind IN ('check', 'code', 'judge', 'human')`)
export class ScorerEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'scorer_id', default: () => 'ledger_uuid7()' })
  scorerId!: string;

  @Column({ type: 'text', collation: 'C' })
  name!: string;

  @Column('text')
  kind!: ScorerKind;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** When the latest version was created. */
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
