import type { CompletionObserver, ModelObserver } from '../../providers/index.js';
import type { StreamedExecutionDto } from '../wire/executions.dto.js';

/** A piece of an answer: text, or a part of a tool call. */
export type AnswerEvent = Parameters<CompletionObserver>[0];

/** Names the model that answers. A fallback may name another one later, as long as nothing was sent. */
export type AnsweringModel = Parameters<ModelObserver>[0];

/** A model under the name by which the ledger calls it. */
export type AskedModelName = StreamedExecutionDto['model'];

/** Receives an answer while it streams. */
export interface AnswerSink {
  /** Aborts when the reader has left. */
  readonly signal: AbortSignal;
  /** Whether a piece of the answer has gone out, after which it cannot start over. */
  readonly hasSent: boolean;
  /** Milliseconds that the reader can still wait without a byte. Infinity once the head was sent, because keep-alives follow. */
  readonly patienceMs: number;
  /**
   * Called when the execution is durable. Nothing is sent before the first piece, so that a failure can still be an ordinary
   * answer.
   * @param headers returns the answer's headers when its head goes out, for the model that is being called by then.
   */
  begin(
    execution: StreamedExecutionDto,
    headers: (model: AskedModelName) => Readonly<Record<string, string>>,
  ): void;
  /** Called before each call, including those to fallbacks. */
  calling(model: AskedModelName): void;
  /** Called before the first piece, if the provider names the model. */
  answeredBy(model: AnsweringModel): void;
  /** Sends the next piece. The result is awaited before another piece is read from the provider. */
  send(event: AnswerEvent): void | Promise<void>;
}
