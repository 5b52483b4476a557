import { Check, Entity, PrimaryColumn } from 'typeorm';
import { CountedExecutions } from './counted-executions.entity.js';

/** How many executions of one kind were created in an hour, in a day, or ever. What is in `execution_deltas` comes on top. */
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
}
