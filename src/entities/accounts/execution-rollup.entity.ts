import { Check, Entity, PrimaryColumn } from 'typeorm';
import { CountedExecutions } from './counted-executions.entity.js';

/** Counts the executions of one kind that were created in an hour, in a day, or ever. `execution_deltas` holds further ones. */
@Entity('execution_rollups')
@Check('execution_rollups_grain_check', `grain IN ('hour', 'day', 'all')`)
export class ExecutionRollupEntity extends CountedExecutions {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('text')
  grain!: 'hour' | 'day' | 'all';

  /** The beginning of the period in UTC; `-infinity` for `all`. */
  @PrimaryColumn('timestamptz')
  period!: Date;

  /** Zeros for a call without a prompt, whose version and mode are empty too. */
  @PrimaryColumn('uuid', { name: 'prompt_id' })
  promptId!: string;

  /** The prompt's mode when the execution ran. */
  @PrimaryColumn('text', { name: 'prompt_mode' })
  promptMode!: string;

  @PrimaryColumn('uuid', { name: 'version_id' })
  versionId!: string;

  @PrimaryColumn('uuid', { name: 'model_id' })
  modelId!: string;

  @PrimaryColumn('text')
  environment!: string;

  /** A final status. */
  @PrimaryColumn('text')
  status!: string;

  /** Zeros for the admin or an unknown key. */
  @PrimaryColumn('uuid', { name: 'key_id' })
  keyId!: string;

  /** The prompt's team when the execution ran; empty for none. */
  @PrimaryColumn('text', { name: 'owner_team' })
  ownerTeam!: string;
}
