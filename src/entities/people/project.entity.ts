import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The tenant. Every other row belongs to one. */
@Entity('projects')
export class ProjectEntity {
  @PrimaryColumn('uuid', { name: 'project_id', default: () => 'ledger_uuid7()' })
  projectId!: string;

  @Column('text', { unique: true })
  name!: string;

  /** Counts pointer moves within the project, in commit order. A bigint, hence a string. */
  @Column('bigint', { name: 'registry_revision', default: 0 })
  registryRevision!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'archived_at', nullable: true })
  archivedAt!: Date | null;

  @Column('json', { default: () => "'{}'" })
  settings!: object;
}
