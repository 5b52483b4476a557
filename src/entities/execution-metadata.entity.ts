import { Entity, PrimaryColumn } from 'typeorm';

/**
 * One pair of the metadata of an execution, written when that begins: what lists find executions by. The execution itself has all
 * of its pairs in a column. Partitioned by week of the execution's id.
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
