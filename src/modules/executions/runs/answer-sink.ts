import type { CompletionObserver, ModelObserver } from '../../providers/index.js';
import type { StreamedExecutionDto } from '../wire/executions.dto.js';

/** A piece of an answer: text, or a part of a call of a tool. */
export type AnswerEvent = Parameters<CompletionObserver>[0];

/** Names the model that answers. A fallback may name another one later, as long as nothing was sent. */
export type AnsweringModel = Parameters<ModelObserver>[0];

/** A model by the name under which the ledger asks it. */
export type AskedModelName = StreamedExecutionDto['model'];

/** Receives an answer while it comes. */
export interface AnswerSink {
  /** Aborts when the reader has left. */
  readonly signal: AbortSignal;
  /** Whether a piece of the answer has gone out: then it cannot begin anew. */
  readonly hasSent: boolean;
  /** Milliseconds for which the reader may still hear nothing; Infinity once it has a head, and is kept waiting by other means. */
  readonly patienceMs: number;
  /**
   * The execution is durable. Nothing is sent yet: until the first piece, a failure can still be an ordinary answer.
   * @param headers of the answer, read when its head goes out, for the model that is being called by then.
   */
  begin(
    execution: StreamedExecutionDto,
    headers: (model: AskedModelName) => Readonly<Record<string, string>>,
  ): void;
  /** A call is about to be made; a fallback makes a further one. */
  calling(model: AskedModelName): void;
  /** Before the first piece, where the provider says so. */
  answeredBy(model: AnsweringModel): void;
  /** The next piece; what is returned is waited for before another is read from the provider. */
  send(event: AnswerEvent): void | Promise<void>;
}
