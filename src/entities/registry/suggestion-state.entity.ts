import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { PromptVersionEntity } from './prompt-version.entity.js';

/** A user's decision about a suggestion. Suggestions themselves are recomputed each time. */
@Entity('suggestion_states')
@ForeignKey(
  () => PromptVersionEntity,
  ['projectId', 'promptId', 'versionId'],
  ['projectId', 'promptId', 'versionId'],
  { name: 'suggestion_states_version_fkey' },
)
@ForeignKey(
  () => PromptVersionEntity,
  ['projectId', 'promptId', 'appliedVersionId'],
  ['projectId', 'promptId', 'versionId'],
  { name: 'suggestion_states_applied_fkey' },
)
export class SuggestionStateEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'prompt_id' })
  promptId!: string;

  @PrimaryColumn('text', { name: 'suggestion_id' })
  suggestionId!: string;

  /** The version that the suggestion is about. */
  @Column('uuid', { name: 'version_id' })
  versionId!: string;

  @Column('text')
  kind!: string;

  @Column('timestamptz', { name: 'dismissed_at', nullable: true })
  dismissedAt!: Date | null;

  @Column('text', { name: 'dismissed_by', nullable: true })
  dismissedBy!: string | null;

  /** Why it was dismissed. */
  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('timestamptz', { name: 'applied_at', nullable: true })
  appliedAt!: Date | null;

  @Column('text', { name: 'applied_by', nullable: true })
  appliedBy!: string | null;

  /** The draft that was created from it. */
  @Column('uuid', { name: 'applied_version_id', nullable: true })
  appliedVersionId!: string | null;
}
