import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredToolCall } from './execution-output.entity.js';

/** A message as a provider receives it. Messages of prompts have one of the first three roles and only text. */
export interface SentMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  /** Tool calls requested by the assistant. */
  readonly tool_calls?: readonly StoredToolCall[];
  /** The call that this tool result answers. */
  readonly tool_call_id?: string;
  /** Members of OpenAI's messages that only some providers accept, kept unchanged and sent to those that do. */
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

  /** JSON as received. Read it as text, because parsing would lose the order of keys. */
  @Column('json', { name: 'variables_json' })
  variablesJson!: unknown;

  @Column('text', { name: 'rendered_prompt', nullable: true })
  renderedPrompt!: string | null;

  @Column('json', { name: 'rendered_messages', nullable: true })
  renderedMessages!: SentMessage[] | null;

  /** Tools and response format of a bare call; a prompt's are in its version. */
  @Column('json', { nullable: true })
  extras!: unknown;

  /** Paths of the masked variables; null when none is masked. */
  @Column('json', { nullable: true })
  masked!: readonly string[] | null;
}
