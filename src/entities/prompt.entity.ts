import { Column, Entity, PrimaryColumn } from 'typeorm';

/** `full`: the text is managed here. `tracking`: it lives in somebody's code, and the ledger follows it. */
export type PromptMode = 'full' | 'tracking';
export type PromptKind = 'text' | 'chat';

/** A name, unique in its project among those not deleted. */
@Entity('prompts')
export class PromptEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'prompt_id', default: () => 'ledger_uuid7()' })
  promptId!: string;

  /** Collated "C", so that a prefix is a range of the index. */
  @Column({ type: 'text', collation: 'C' })
  name!: string;

  @Column('text')
  mode!: PromptMode;

  @Column('text')
  kind!: PromptKind;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text', { name: 'owner_team', nullable: true })
  ownerTeam!: string | null;

  @Column('text', { array: true, default: '{}' })
  tags!: string[];

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
