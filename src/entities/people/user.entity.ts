import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { ProjectEntity } from './project.entity.js';

export const USER_KINDS = ['person', 'service'] as const;
export type UserKind = (typeof USER_KINDS)[number];

/** A person or a service account. Users belong to the instance; their permissions are set in each project. */
@Entity('users')
@ForeignKey(() => ProjectEntity, ['madeIn'], ['projectId'], { name: 'users_made_in_fkey' })
@Unique('users_identity', ['issuer', 'subject'])
// On lower(email), which TypeORM cannot express.
@Index('users_email', { synchronize: false })
@Index('users_made_in', ['madeIn'])
@Check('users_kind_check', `kind IN ('person', 'service')`)
export class UserEntity {
  @PrimaryColumn('uuid', { name: 'user_id', default: () => 'ledger_uuid7()' })
  userId!: string;

  @Column('text')
  kind!: UserKind;

  @Column('text', { nullable: true })
  email!: string | null;

  @Column('text')
  name!: string;

  /** Identifies the user at sign-in, together with `subject`. */
  @Column('text', { nullable: true })
  issuer!: string | null;

  @Column('text', { nullable: true })
  subject!: string | null;

  /** The principal that created the user: `instance`, `user:<id>` or `key:<id>`. */
  @Column('text', { name: 'made_by', default: 'instance' })
  madeBy!: string;

  /** The project whose admin created the user; null for the instance. */
  @Column('uuid', { name: 'made_in', nullable: true })
  madeIn!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt!: Date | null;
}
