import type { CompletionObserver, ModelObserver } from '../providers/index.js';
import type { StreamedExecutionDto } from './executions.dto.js';

/** A piece of an answer: text, or a part of a call of a tool. */
export type AnswerEvent = Parameters<CompletionObserver>[0];

/** Names the model that answers. A fallback may name another one later, as long as nothing was sent. */
export type AnsweringModel = Parameters<ModelObserver>[0];

/** Receives an answer while it comes. */
export interface AnswerSink {
  /** Aborts when the reader has left. */
  readonly signal: AbortSignal;
  /** Whether a piece of the answer has gone out: then it cannot begin anew. */
  readonly hasSent: boolean;
  /** The execution is durable, and about to be called. */
  begin(execution: StreamedExecutionDto, headers: Readonly<Record<string, string>>): void;
  /** Before the first piece, where the provider says so. */
  answeredBy(model: AnsweringModel): void;
  /** The next piece; what is returned is waited for before another is read from the provider. */
  send(event: AnswerEvent): void | Promise<void>;
}
