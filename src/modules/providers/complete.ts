import { AnswerCollector, type AnswerEvent } from './answer-collector.js';
import { CallWatch, type CallLimits } from './call-watch.js';
import {
  ProviderError,
  type ModelProvider,
  type ProviderEnd,
  type ProviderEvent,
  type ProviderModel,
  type ProviderRequest,
  type ProviderToolCall,
  type ProviderUsage,
} from './provider.contract.js';
import { toProviderError } from './provider-failure.js';
import type { CollectedResponse } from './response-collector.js';
import { tokenCount } from './token-count.js';

/** `signal` is the caller's own wish to stop; the deadlines are in `CompletionLimits`. */
export type CompletionRequest = Omit<ProviderRequest, 'signal'> & { readonly signal?: AbortSignal };

export interface CompletionLimits extends CallLimits {
  /** As much of the response's text is kept. Calls of tools are kept whole, or the call fails. */
  readonly maxResponseBytes: number;
}

/**
 * Is given the answer piece by piece: whole characters that can be stored as they are, which put together are the
 * response's text before it is truncated, and the calls' arguments. The next event is not read before the promise
 * settles. What it throws ends the call.
 */
export type CompletionObserver = (event: AnswerEvent) => void | Promise<void>;

/** Is told who answers, before the first piece, where the vendor says so. */
export type ModelObserver = (model: Omit<ProviderModel, 'type'>) => void;

/** Filled in by `complete` when it settles, whichever way: what had come when a call failed. */
export interface PartialCompletion {
  /** Null when nothing of the answer came. */
  collected: CollectedResponse | null;
  firstTokenMs: number | null;
}

export interface Completion extends CollectedResponse {
  /** In their order; empty when there are none. */
  readonly toolCalls: readonly ProviderToolCall[];
  /** The part of the text that is the model's refusal; null when none of it is said to be. */
  readonly refusal: string | null;
  readonly finishReason: string | null;
  readonly usage: ProviderUsage;
  readonly providerRequestId: string | null;
  readonly servedModelName: string | null;
  /** From the beginning of the call to the first piece of text or of a tool call; null when none came. */
  readonly firstTokenMs: number | null;
  readonly latencyMs: number;
  /** Under the vendor's own names; null when there are none, or none that can be stored. */
  readonly extras: Readonly<Record<string, unknown>> | null;
}

const CUT_OFF = "The provider's answer stopped before its end.";

/** Extras are a few hundred characters; what is far from it is something else. */
const MAX_EXTRAS_CHARACTERS = 4096;

/**
 * One call to a provider, waited for: `stream()` read to its end. The limits hold for an adapter that ignores
 * its signal too; what it does afterwards is not waited for. They hold while `onEvent` is waited for, but for the
 * idle timeout: then it is the reader that is slow.
 *
 * @throws ProviderError, the reason of `request.signal` when that aborts, or what `onEvent` throws, and nothing else.
 */
export async function complete(
  provider: ModelProvider,
  request: CompletionRequest,
  limits: CompletionLimits,
  onEvent?: CompletionObserver,
  partial?: PartialCompletion,
  onModel?: ModelObserver,
): Promise<Completion> {
  const startedAt = performance.now();
  const watch = new CallWatch(limits, request.signal);
  const collector = new AnswerCollector(limits.maxResponseBytes, startedAt);
  let providerRequestId: string | null = null;
  let end: ProviderEnd | null = null;
  let answer: ReturnType<AnswerCollector['finish']> | null = null;
  let iterator: AsyncIterator<ProviderEvent> | null = null;
  try {
    watch.check();
    iterator = provider.stream({ ...request, signal: watch.signal })[Symbol.asyncIterator]();
    while (end === null) {
      const step = await watch.orInterrupted(iterator.next());
      if (step.done === true) throw new ProviderError('connection', CUT_OFF);
      const event = step.value;
      if (event.type === 'start') providerRequestId = event.providerRequestId;
      else if (event.type === 'end') end = event;
      else if (event.type === 'model') onModel?.(checkedModel(event));
      else if (event.type === 'delta' || event.type === 'tool_call') {
        await observe(collector.add(event), onEvent, watch);
      }
    }
    for (const event of collector.flush()) await observe(event, onEvent, watch);
    answer = collector.finish();
  } catch (error) {
    // An adapter whose call we cut short may say anything; why we cut it is the truth.
    watch.check();
    throw withRequestId(toProviderError(error, providerRequestId), providerRequestId);
  } finally {
    watch.end(answer !== null);
    void close(iterator);
    if (partial !== undefined) {
      partial.collected = answer ?? collector.finishPart();
      partial.firstTokenMs = collector.firstTokenMs;
    }
  }
  return {
    ...answer,
    finishReason: end.finishReason,
    usage: checkedUsage(end.usage),
    providerRequestId,
    servedModelName: end.servedModelName,
    firstTokenMs: collector.firstTokenMs,
    latencyMs: Math.round(performance.now() - startedAt),
    extras: checkedExtras(end.extras),
  };
}

/** The vendor's support asks for it, and not every reader of an answer knows it. */
function withRequestId(error: ProviderError, providerRequestId: string | null): ProviderError {
  if (error.providerRequestId !== null || providerRequestId === null) return error;
  const { kind, message, status, retryAfterMs } = error;
  return new ProviderError(kind, message, { status, retryAfterMs, providerRequestId });
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
    // Whoever reads the answer does not want it any more. It is too late when a deadline was first.
    watch.interrupt(error);
  }
  watch.check();
}

/** Counts go into integer columns; an adapter from outside the tree may hand over anything. */
function checkedUsage(usage: ProviderUsage): Required<ProviderUsage> {
  return {
    promptTokens: tokenCount(usage.promptTokens),
    responseTokens: tokenCount(usage.responseTokens),
    cachedPromptTokens: tokenCount(usage.cachedPromptTokens),
    reasoningTokens: tokenCount(usage.reasoningTokens),
    raw: usage.raw,
  };
}

/** No compiler has seen an adapter from outside the tree. */
function checkedModel({ servedModelName, extras }: ProviderModel): Omit<ProviderModel, 'type'> {
  const checked = checkedExtras(extras);
  const name = typeof servedModelName === 'string' ? servedModelName : null;
  return { servedModelName: name, ...(checked === null ? {} : { extras: checked }) };
}

/** They go into a JSON column, which holds neither NUL nor half a character. */
function checkedExtras(extras: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof extras !== 'object' || extras === null || Array.isArray(extras)) return null;
  try {
    const json = JSON.stringify(extras);
    if (json === '{}' || json.length > MAX_EXTRAS_CHARACTERS || /\\u(0000|d[89a-f])/.test(json)) return null;
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** Not awaited: `return()` of a generator that hangs in an `await` never settles. */
async function close(iterator: AsyncIterator<ProviderEvent> | null): Promise<void> {
  try {
    await iterator?.return?.();
  } catch {
    // The outcome of the call is settled; a clean-up that fails cannot change it.
  }
}
