import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredToolCall } from './execution-output.entity.js';

/** A message as a provider gets it. Those of prompts have the first three roles and nothing but text. */
export interface SentMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  /** Tools that an assistant asked for. */
  readonly tool_calls?: readonly StoredToolCall[];
  /** The call that a tool's result answers. */
  readonly tool_call_id?: string;
  /** Members of OpenAI's messages that not every provider has a place for, as they came; they are sent where one has. */
  readonly name?: string;
  readonly reasoning_content?: string;
  readonly reasoning?: string;
  readonly reasoning_details?: unknown;
  readonly annotations?: unknown;
}

/** The input of an execution. Exactly one of the two prompts is set. */
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
  renderedMessages!: SentMessage[] | null;

  /** Tools and response format of a bare call; those of a prompt stand in its version. */
  @Column('json', { nullable: true })
  extras!: unknown;

  /** Paths of the variables that stand here masked; null where none is. */
  @Column('json', { nullable: true })
  masked!: readonly string[] | null;
}
