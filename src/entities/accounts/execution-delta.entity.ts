import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { CountedExecutions } from './counted-executions.entity.js';

/** Counts the executions of one kind that one statement made final. A trigger writes it, and the fold moves it into the rollups. */
@Entity('execution_deltas')
export class ExecutionDeltaEntity extends CountedExecutions {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryGeneratedColumn('identity', { name: 'delta_id', type: 'bigint', generatedIdentity: 'ALWAYS' })
  deltaId!: string;

  /** The beginning of the hour of `created_at`, in UTC. */
  @Column('timestamptz')
  hour!: Date;

  /** Zeros for a call without a prompt, whose version and mode are empty too. */
  @Column('uuid', { name: 'prompt_id' })
  promptId!: string;

  /** The prompt's mode when the execution ran. */
  @Column('text', { name: 'prompt_mode' })
  promptMode!: string;

  @Column('uuid', { name: 'version_id' })
  versionId!: string;

  @Column('uuid', { name: 'model_id' })
  modelId!: string;

  @Column('text')
  environment!: string;

  /** A final status. */
  @Column('text')
  status!: string;

  /** Zeros for the admin or an unknown key. */
  @Column('uuid', { name: 'key_id' })
  keyId!: string;

  /** The prompt's team when the execution ran; empty for none. */
  @Column('text', { name: 'owner_team' })
  ownerTeam!: string;
}
