import { mostAnswerBytes } from '../answers/answer-bounds.js';
import { AnswerCollector, type AnswerEvent, type CollectedAnswer } from '../answers/answer-collector.js';
import { CallProgress } from './call-progress.js';
import { CallWatch, type CallLimits, type Interruption } from './call-watch.js';
import { checkedExtras, checkedModel, checkedUsage } from '../answers/checked-answer.js';
import { closeIterator } from './close-iterator.js';
import { collectAnswer } from '../answers/collect-answer.js';
import {
  ProviderError,
  type ModelProvider,
  type ProviderEnd,
  type ProviderEvent,
  type ProviderModel,
  type ProviderRequest,
  type ProviderUsage,
} from '../provider.contract.js';
import { toProviderError } from './provider-failure.js';
import type { CollectedResponse } from '../answers/response-collector.js';
import { readUnfinished } from '../answers/read-unfinished.js';

/** `signal` is the caller's own wish to stop; the deadlines are in `CompletionLimits`. */
export type CompletionRequest = Omit<ProviderRequest, 'signal' | 'progress'> & {
  readonly signal?: AbortSignal;
};

export interface CompletionLimits extends CallLimits {
  /** How much of the response's text is kept. Tool calls are kept whole, or the call fails. */
  readonly maxResponseBytes: number;
}

/**
 * Receives the answer piece by piece, in whole characters that can be stored as they are. Together they are the arguments of the calls and
 * the response's text before truncation. The next event is not read before the promise settles. An exception ends the call.
 */
export type CompletionObserver = (event: AnswerEvent) => void | Promise<void>;

/** Called with the served model, before the first piece, if the vendor names it. */
export type ModelObserver = (model: Omit<ProviderModel, 'type'>) => void;

/** What had arrived when a call failed. `complete` fills it in when it settles, whatever the outcome. */
export interface PartialCompletion {
  /** Null when nothing of the answer arrived, or a whole answer not completely. */
  collected: CollectedResponse | null;
  /** Also null without an observer. */
  firstTokenMs: number | null;
  /**
   * Whether the vendor had begun to answer: with a piece of a stream, or the success status of a whole answer. From then on it bills,
   * however the call ends. Always set once the call has settled.
   */
  answerBegan?: boolean;
  /** After a failed call: whether any part of the request may have reached the vendor. False is certain. */
  wasSent?: boolean;
  /** After a failed call: why it was ended early; null if it was not. */
  interruptedBy?: Interruption | null;
  /** After a failed call: milliseconds that the provider had, without the waits for the reader. */
  providerMs?: number;
  /** After a failed call: milliseconds spent waiting for its reader. */
  readerMs?: number;
  /** After a failed call: whether one of our limits cut off an existing answer. */
  isCut?: boolean;
  /** The vendor's reason for an answer that counts as failed, and its usage. Left out if the answer did not get that far. */
  end?: { readonly finishReason: string | null; readonly usage: ProviderUsage };
}

export interface Completion extends CollectedAnswer {
  readonly finishReason: string | null;
  readonly usage: ProviderUsage;
  readonly providerRequestId: string | null;
  readonly servedModelName: string | null;
  /** From the start of the call to the first piece of text or of a tool call; null when none arrived, and without an observer. */
  readonly firstTokenMs: number | null;
  readonly latencyMs: number;
  /** Under the vendor's own names; null when there are none, or none that can be stored. */
  readonly extras: Readonly<Record<string, unknown>> | null;
}

const CUT_OFF = "The provider's answer stopped before its end.";

/**
 * Makes one call to a provider and waits for it. With `onEvent` the answer is streamed and passed on piece by piece. Without it the
 * provider is asked for a whole answer, or, if it has no `complete()`, its stream is read to the end.
 *
 * The limits hold even for an adapter that ignores its signal; what it does afterwards is not awaited. While `onEvent` is awaited, the
 * deadline holds but not the idle timeout, because the reader is the slow one. A whole answer comes all at once, so only the deadline holds
 * for it.
 * @throws ProviderError, the reason of `request.signal` when that aborts, or what `onEvent` throws, and nothing else.
 */
export function complete(
  provider: ModelProvider,
  request: CompletionRequest,
  limits: CompletionLimits,
  onEvent?: CompletionObserver,
  partial?: PartialCompletion,
  onModel?: ModelObserver,
): Promise<Completion> {
  return onEvent === undefined && provider.complete !== undefined
    ? completeAtOnce(provider as AtOnce, request, limits, partial)
    : completeByStream(provider, request, limits, onEvent, partial, onModel);
}

type AtOnce = ModelProvider & Required<Pick<ModelProvider, 'complete'>>;

async function completeAtOnce(
  provider: AtOnce,
  request: CompletionRequest,
  limits: CompletionLimits,
  partial: PartialCompletion | undefined,
): Promise<Completion> {
  const startedAt = performance.now();
  const { deadlineMs, maxResponseBytes } = limits;
  const watch = new CallWatch({ deadlineMs, idleTimeoutMs: null }, request.signal);
  const progress = new CallProgress();
  let providerRequestId: string | null = null;
  let succeeded = false;
  try {
    watch.check();
    const maxAnswerBytes = mostAnswerBytes(maxResponseBytes);
    const asked = { ...request, signal: watch.signal, maxAnswerBytes, progress };
    progress.begin();
    const answer = await watch.orInterrupted(provider.complete(asked));
    if (partial !== undefined) partial.answerBegan = true;
    providerRequestId = answer.providerRequestId;
    const collected = collectAnswer(answer, maxResponseBytes);
    if (partial !== undefined) partial.collected = collected;
    succeeded = true;
    assertFinished(request, collected, answer, partial);
    return toCompletion(request, collected, answer, providerRequestId, null, startedAt);
  } catch (error) {
    const failure = toProviderError(error, providerRequestId);
    if (partial !== undefined) {
      partial.answerBegan = partial.answerBegan === true || hasBegun(failure, watch);
      report(partial, watch, progress, failure);
    }
    // An adapter may throw anything when its call is cut short, so report our own reason.
    watch.check();
    throw withRequestId(failure, providerRequestId);
  } finally {
    watch.end(succeeded);
  }
}

/** Records the details of a failed call, besides its failure. */
function report(
  partial: PartialCompletion,
  watch: CallWatch,
  progress: CallProgress,
  { wasSent, isCut }: ProviderError,
): void {
  partial.wasSent = wasSent && progress.maybeSent;
  partial.interruptedBy = watch.interruptedBy;
  partial.providerMs = watch.providerMs;
  partial.readerMs = watch.readerMs;
  partial.isCut = isCut;
}

/** @throws ProviderError `provider_error` for an answer that the vendor says is not finished. */
function assertFinished(
  { messages }: Pick<CompletionRequest, 'messages'>,
  answer: CollectedAnswer,
  end: Omit<ProviderEnd, 'type'>,
  partial: PartialCompletion | undefined,
): void {
  const failure = readUnfinished(end);
  if (failure === null) return;
  const { finishReason, usage } = end;
  if (partial !== undefined) partial.end = { finishReason, usage: checkedUsage(usage, messages, answer) };
  throw failure;
}

/** If the adapter does not say, it may have failed on the body of a success, which is billed. */
function hasBegun({ answerBegan, kind, status }: ProviderError, { interruptedBy }: CallWatch): boolean {
  // We interrupted the call ourselves, so the error says nothing about the vendor.
  if (interruptedBy !== null) return false;
  return answerBegan ?? (kind === 'provider_error' && status === null);
}

async function completeByStream(
  provider: ModelProvider,
  request: CompletionRequest,
  limits: CompletionLimits,
  onEvent: CompletionObserver | undefined,
  partial: PartialCompletion | undefined,
  onModel: ModelObserver | undefined,
): Promise<Completion> {
  const startedAt = performance.now();
  const watch = new CallWatch(limits, request.signal);
  const collector = new AnswerCollector(limits.maxResponseBytes, startedAt);
  const progress = new CallProgress();
  let hasStarted = false;
  let providerRequestId: string | null = null;
  let end: ProviderEnd | null = null;
  let answer: CollectedAnswer | null = null;
  let iterator: AsyncIterator<ProviderEvent> | null = null;
  try {
    watch.check();
    progress.begin();
    iterator = provider.stream({ ...request, signal: watch.signal, progress })[Symbol.asyncIterator]();
    while (end === null) {
      const step = await watch.orInterrupted(iterator.next());
      if (step.done === true) throw new ProviderError('connection', CUT_OFF);
      const event = step.value;
      // Any event shows that the vendor has accepted the request.
      hasStarted = true;
      if (event.type === 'start') providerRequestId = event.providerRequestId;
      else if (event.type === 'end') end = event;
      else if (event.type === 'model') onModel?.(checkedModel(event));
      else if (event.type === 'delta' || event.type === 'tool_call') {
        await observe(collector.add(event), onEvent, watch);
      }
    }
    for (const event of collector.flush()) await observe(event, onEvent, watch);
    answer = collector.finish();
    assertFinished(request, answer, end, partial);
  } catch (error) {
    const failure = toProviderError(error, providerRequestId);
    hasStarted ||= hasBegun(failure, watch);
    if (partial !== undefined) report(partial, watch, progress, failure);
    // An adapter may throw anything when its call is cut short, so report our own reason.
    watch.check();
    throw withRequestId(failure, providerRequestId);
  } finally {
    watch.end(answer !== null);
    void closeIterator(iterator);
    if (partial !== undefined) {
      partial.collected = answer ?? collector.finishPart();
      partial.firstTokenMs = onEvent === undefined ? null : collector.firstTokenMs;
      partial.answerBegan = hasStarted;
    }
  }
  const firstTokenMs = onEvent === undefined ? null : collector.firstTokenMs;
  return toCompletion(request, answer, end, providerRequestId, firstTokenMs, startedAt);
}

function toCompletion(
  { messages }: Pick<ProviderRequest, 'messages'>,
  answer: CollectedAnswer,
  end: Omit<ProviderEnd, 'type'>,
  providerRequestId: string | null,
  firstTokenMs: number | null,
  startedAt: number,
): Completion {
  const { text, truncated, totalBytes, sha256, toolCalls, refusal } = answer;
  return {
    text,
    truncated,
    totalBytes,
    sha256,
    toolCalls,
    refusal,
    finishReason: end.finishReason,
    usage: checkedUsage(end.usage, messages, answer),
    providerRequestId,
    servedModelName: end.servedModelName,
    firstTokenMs,
    latencyMs: Math.round(performance.now() - startedAt),
    extras: checkedExtras(end.extras),
  };
}

/** Adds the request id, which the vendor's support asks for, to an error whose reader did not know it. */
function withRequestId(error: ProviderError, providerRequestId: string | null): ProviderError {
  if (error.providerRequestId !== null || providerRequestId === null) return error;
  const { kind, message, status, retryAfterMs, answerBegan, shouldRetry, wasSent, isCut } = error;
  return new ProviderError(kind, message, {
    status,
    retryAfterMs,
    providerRequestId,
    shouldRetry,
    ...(answerBegan === null ? {} : { answerBegan }),
    ...(wasSent ? {} : { wasSent }),
    ...(isCut ? { isCut } : {}),
  });
}

async function observe(
  event: AnswerEvent | null,
  onEvent: CompletionObserver | undefined,
  watch: CallWatch,
): Promise<void> {
  if (event === null || onEvent === undefined) return;
  try {
    const taken = onEvent(event);
    if (taken !== undefined) await watch.readerOrInterrupted(taken);
  } catch (error) {
    // The reader no longer wants the answer. If a deadline came first, that reason stays.
    watch.interrupt(error, 'caller');
  }
  watch.check();
}
