import { Entity, PrimaryColumn } from 'typeorm';

/**
 * One pair of an execution's metadata, written when the execution begins. Lists use it to find executions. The execution itself has all
 * pairs in a column. Partitioned by the week of the execution's id.
 */
@Entity('execution_metadata')
export class ExecutionMetadataEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('text', { collation: 'C' })
  key!: string;

  @PrimaryColumn('text', { collation: 'C' })
  value!: string;

  @PrimaryColumn('uuid', { name: 'execution_id' })
  executionId!: string;
}
