import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A tool call that the model requests; `arguments` is the JSON text that it wrote. */
export interface StoredToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** `pointer` and `message` are null for a valid answer and after erasure. */
export interface StoredOutputCheck {
  readonly valid: boolean;
  /** JSON pointer into the answer to the first fault. */
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

  /** The attempt that was answered; 0 for an answer reused from another execution. */
  @PrimaryColumn('integer')
  attempt!: number;

  /** Marks an answer that came after its execution had passed to another attempt. It is kept as evidence and not used. */
  @PrimaryColumn('boolean', { default: false })
  late!: boolean;

  @Column('text', { name: 'response_text' })
  responseText!: string;

  /** Tool calls that the model requests, `[{"id","name","arguments"}]`; null when there are none. */
  @Column('json', { name: 'tool_calls', nullable: true })
  toolCalls!: StoredToolCall[] | null;

  /** The vendor's own usage object, untouched; null when it sent none. */
  @Column('json', { nullable: true })
  usage!: unknown;

  @Column('boolean', { name: 'response_truncated', default: false })
  responseTruncated!: boolean;

  /** The size of the whole answer in UTF-8 bytes, even if only its beginning is stored. A bigint, hence a string. */
  @Column('bigint', { name: 'response_bytes' })
  responseBytes!: string;

  /** SHA-256 of the whole answer in lower-case hex. */
  @Column('text', { name: 'response_sha256' })
  responseSha256!: string;

  /** Whether the answer fits its schema, and the first fault; null when unchecked. */
  @Column('json', { name: 'output_check', nullable: true })
  outputCheck!: StoredOutputCheck | null;
}
