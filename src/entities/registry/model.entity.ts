import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/** A model that the project allows, or that recorded executions name. */
@Entity('models')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'models_project_id_fkey' })
@Unique('models_name', ['projectId', 'provider', 'modelName'])
@Check('models_max_tokens_check', 'max_tokens > 0')
export class ModelEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'model_id', default: () => 'ledger_uuid7()' })
  modelId!: string;

  @Column('text')
  provider!: string;

  @Column('text', { name: 'model_name' })
  modelName!: string;

  /** The most tokens in one answer; null if the vendor does not say. */
  @Column('integer', { name: 'max_tokens', nullable: true })
  maxTokens!: number | null;

  @Column('boolean', { name: 'supports_streaming', default: true })
  supportsStreaming!: boolean;

  /** False for a model that only recorded executions name, which is not on the list. */
  @Column('boolean', { default: true })
  allowed!: boolean;

  /** When the model left the list; null while it is on it, and for a model that only recorded executions name. */
  @Column('timestamptz', { name: 'removed_at', nullable: true })
  removedAt!: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
