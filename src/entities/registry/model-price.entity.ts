import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/**
 * The price of a model from a point in time. Its figures never change. They are whole micro-dollars per million tokens, and the driver
 * reads a bigint as text.
 */
@Entity('model_prices')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'model_prices_project_id_fkey' })
@Index('model_prices_begin', ['projectId', 'provider', 'modelName', 'validFrom'], {
  unique: true,
  where: 'deleted_at IS NULL',
})
@Check(
  'model_prices_input_micros_per_mtok_check',
  'input_micros_per_mtok >= 0 AND input_micros_per_mtok <= 2000000000',
)
@Check(
  'model_prices_cached_input_micros_per_mtok_check',
  'cached_input_micros_per_mtok >= 0 AND cached_input_micros_per_mtok <= 2000000000',
)
@Check(
  'model_prices_output_micros_per_mtok_check',
  'output_micros_per_mtok >= 0 AND output_micros_per_mtok <= 2000000000',
)
@Check('model_prices_max_prompt_tokens_check', 'max_prompt_tokens > 0')
@Check('model_prices_valid_to_check', 'valid_to > valid_from')
export class ModelPriceEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'price_id', default: () => 'ledger_uuid7()' })
  priceId!: string;

  @Column({ type: 'text', collation: 'C' })
  provider!: string;

  @Column({ type: 'text', name: 'model_name', collation: 'C' })
  modelName!: string;

  @Column('bigint', { name: 'input_micros_per_mtok' })
  inputMicrosPerMtok!: string;

  /** The price of prompt tokens that the provider had in its cache; null when it is the input price. */
  @Column('bigint', { name: 'cached_input_micros_per_mtok', nullable: true })
  cachedInputMicrosPerMtok!: string | null;

  @Column('bigint', { name: 'output_micros_per_mtok' })
  outputMicrosPerMtok!: string;

  /** The longest prompt, in tokens, that the figures hold for; null when there is no bound. */
  @Column('integer', { name: 'max_prompt_tokens', nullable: true })
  maxPromptTokens!: number | null;

  @Column('timestamptz', { name: 'valid_from' })
  validFrom!: Date;

  /** When the price ends; null until another one begins. */
  @Column('timestamptz', { name: 'valid_to', nullable: true })
  validTo!: Date | null;

  /** The source of the figures. */
  @Column('text', { nullable: true })
  source!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('text', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  /** When the price was deleted. The row stays for the executions that used it. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
