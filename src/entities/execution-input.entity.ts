import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredMessage } from './prompt-version.entity.js';

/** What an execution was given. Exactly one of the two prompts is set. */
@Entity('execution_inputs')
@Check('execution_inputs_one_prompt', '(rendered_prompt IS NULL) <> (rendered_messages IS NULL)')
export class ExecutionInputEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'execution_id' })
  executionId!: string;

  /** JSON as received. Read it as text: parsing would lose the order of its keys. */
  @Column('json', { name: 'variables_json' })
  variablesJson!: unknown;

  @Column('text', { name: 'rendered_prompt', nullable: true })
  renderedPrompt!: string | null;

  @Column('json', { name: 'rendered_messages', nullable: true })
  renderedMessages!: StoredMessage[] | null;
}
