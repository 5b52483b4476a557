import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A model that the project allows. */
@Entity('models')
export class ModelEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'model_id', default: () => 'ledger_uuid7()' })
  modelId!: string;

  @Column('text')
  provider!: string;

  @Column('text', { name: 'model_name' })
  modelName!: string;

  /** The most tokens of one answer, or null where the vendor does not say. */
  @Column('integer', { name: 'max_tokens', nullable: true })
  maxTokens!: number | null;

  @Column('boolean', { name: 'supports_streaming', default: true })
  supportsStreaming!: boolean;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
