import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { CountedExecutions } from './counted-executions.entity.js';

/** The executions of one kind that one statement made final. A trigger writes it; the fold moves it into the rollups. */
@Entity('execution_deltas')
export class ExecutionDeltaEntity extends CountedExecutions {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryGeneratedColumn('identity', { name: 'delta_id', type: 'bigint', generatedIdentity: 'ALWAYS' })
  deltaId!: string;

  /** Its beginning, in UTC; of `created_at`. */
  @Column('timestamptz')
  hour!: Date;

  /** Zeros for a call without a prompt, which has no version and an empty mode too. */
  @Column('uuid', { name: 'prompt_id' })
  promptId!: string;

  /** The prompt's mode when it ran. */
  @Column('text', { name: 'prompt_mode' })
  promptMode!: string;

  @Column('uuid', { name: 'version_id' })
  versionId!: string;

  @Column('uuid', { name: 'model_id' })
  modelId!: string;

  @Column('text')
  environment!: string;

  /** A final one. */
  @Column('text')
  status!: string;

  /** Zeros for no key: the admin's, and what nobody knows. */
  @Column('uuid', { name: 'key_id' })
  keyId!: string;

  /** The prompt's team when it ran; empty for none. */
  @Column('text', { name: 'owner_team' })
  ownerTeam!: string;
}
