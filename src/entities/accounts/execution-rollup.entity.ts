import { Check, Entity, PrimaryColumn } from 'typeorm';
import { CountedExecutions } from './counted-executions.entity.js';

/** The number of executions of one kind that were created in an hour, in a day, or ever. Those in `execution_deltas` come on top. */
@Entity('execution_rollups')
@Check('execution_rollups_grain_check', `grain IN ('hour', 'day', 'all')`)
export class ExecutionRollupEntity extends CountedExecutions {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('text')
  grain!: 'hour' | 'day' | 'all';

  /** Its beginning, in UTC; `-infinity` of all. */
  @PrimaryColumn('timestamptz')
  period!: Date;

  /** Zeros for a call without a prompt, which has no version and an empty mode too. */
  @PrimaryColumn('uuid', { name: 'prompt_id' })
  promptId!: string;

  /** The prompt's mode when it ran. */
  @PrimaryColumn('text', { name: 'prompt_mode' })
  promptMode!: string;

  @PrimaryColumn('uuid', { name: 'version_id' })
  versionId!: string;

  @PrimaryColumn('uuid', { name: 'model_id' })
  modelId!: string;

  @PrimaryColumn('text')
  environment!: string;

  /** A final one. */
  @PrimaryColumn('text')
  status!: string;

  /** Zeros for no key: the admin's, and what nobody knows. */
  @PrimaryColumn('uuid', { name: 'key_id' })
  keyId!: string;

  /** The prompt's team when it ran; empty for none. */
  @PrimaryColumn('text', { name: 'owner_team' })
  ownerTeam!: string;
}
