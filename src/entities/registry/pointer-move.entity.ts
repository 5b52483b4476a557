import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { PromptEntity } from './prompt.entity.js';

/** One move of a pointer. Append-only for the application. */
@Entity('pointer_moves')
@ForeignKey(() => PromptEntity, ['projectId', 'promptId'], ['projectId', 'promptId'], {
  name: 'pointer_moves_project_id_prompt_id_fkey',
})
@Index('pointer_moves_version', ['projectId', 'promptId', 'toVersionId'])
@Index('pointer_moves_revision', ['projectId', 'promptId', 'registryRevision'])
export class PointerMoveEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'move_id', default: () => 'ledger_uuid7()' })
  moveId!: string;

  @Column('uuid', { name: 'prompt_id' })
  promptId!: string;

  @Column('text')
  environment!: string;

  @Column('uuid', { name: 'from_version_id', nullable: true })
  fromVersionId!: string | null;

  @Column('uuid', { name: 'to_version_id' })
  toVersionId!: string;

  @Column('bigint', { name: 'registry_revision' })
  registryRevision!: string;

  @Column('timestamptz', { name: 'moved_at', default: () => 'now()' })
  movedAt!: Date;

  @Column('text', { name: 'moved_by', nullable: true })
  movedBy!: string | null;

  @Column('text', { nullable: true })
  reason!: string | null;

  /** The change that caused the move, in a protected environment. */
  @Column('uuid', { name: 'change_id', nullable: true })
  changeId!: string | null;

  /** Whether that change was applied without its approvals. */
  @Column('boolean', { default: false })
  emergency!: boolean;
}
