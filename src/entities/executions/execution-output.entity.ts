import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A tool that the model wants called; `arguments` is the JSON text as it wrote it. */
export interface StoredToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** `pointer` and `message` are null of an answer that fits, and once they were erased. */
export interface StoredOutputCheck {
  readonly valid: boolean;
  /** The place of the first fault: a JSON pointer into the answer. */
  readonly pointer?: string | null;
  readonly message?: string | null;
}

/** The answer of a provider. */
@Entity('execution_outputs')
export class ExecutionOutputEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'execution_id' })
  executionId!: string;

  /** The attempt that was answered; 0 for an answer that was given from another execution. */
  @PrimaryColumn('integer')
  attempt!: number;

  /** The answer of an attempt whose execution had passed to another: kept as evidence, used for nothing. */
  @PrimaryColumn('boolean', { default: false })
  late!: boolean;

  @Column('text', { name: 'response_text' })
  responseText!: string;

  /** Calls of tools that the model asks for, `[{"id","name","arguments"}]`; null when there are none. */
  @Column('json', { name: 'tool_calls', nullable: true })
  toolCalls!: StoredToolCall[] | null;

  /** The vendor's own usage object, untouched; null when it sent none. */
  @Column('json', { nullable: true })
  usage!: unknown;

  @Column('boolean', { name: 'response_truncated', default: false })
  responseTruncated!: boolean;

  /** Size of the whole answer in UTF-8 bytes, though only its beginning may be stored. A bigint, hence a string. */
  @Column('bigint', { name: 'response_bytes' })
  responseBytes!: string;

  /** Lower-case hex SHA-256 of the whole answer. */
  @Column('text', { name: 'response_sha256' })
  responseSha256!: string;

  /** Whether the answer fits its schema, and what is wrong first; null where it was not checked. */
  @Column('json', { name: 'output_check', nullable: true })
  outputCheck!: StoredOutputCheck | null;
}
