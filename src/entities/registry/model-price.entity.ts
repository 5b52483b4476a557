import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/**
 * The price of a model from a point in time on. Its figures never change. The driver reads a bigint as text; the unit of the figures is
 * a whole micro-dollar for a million tokens.
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

  /** The price of prompt tokens that the provider had in its cache; null: that of any other. */
  @Column('bigint', { name: 'cached_input_micros_per_mtok', nullable: true })
  cachedInputMicrosPerMtok!: string | null;

  @Column('bigint', { name: 'output_micros_per_mtok' })
  outputMicrosPerMtok!: string;

  /** The figures hold for prompts of at most so many tokens; null: for all. */
  @Column('integer', { name: 'max_prompt_tokens', nullable: true })
  maxPromptTokens!: number | null;

  @Column('timestamptz', { name: 'valid_from' })
  validFrom!: Date;

  /** From when on it is not valid any more; null: until another begins. */
  @Column('timestamptz', { name: 'valid_to', nullable: true })
  validTo!: Date | null;

  /** The source of the figures. */
  @Column('text', { nullable: true })
  source!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('text', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  /** Since when it is off the list. The row stays, for the executions that were priced by it. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
