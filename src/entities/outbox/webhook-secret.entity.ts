import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/** The seed of a project's signing secret, which is derived from the seed and a key outside the database. */
@Entity('webhook_secrets')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'webhook_secrets_project_id_fkey' })
@Index('webhook_secrets_in_force', ['projectId'], { unique: true, where: 'expires_at IS NULL' })
@Check('webhook_secrets_salt_check', `octet_length(salt) >= 16`)
export class WebhookSecretEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'secret_id', default: () => 'ledger_uuid7()' })
  secretId!: string;

  @Column('bytea')
  salt!: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** When it stops signing alongside its successor; null for the current one. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;
}
