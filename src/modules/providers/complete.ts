import {
  ProviderError,
  type ModelProvider,
  type ProviderEnd,
  type ProviderEvent,
  type ProviderRequest,
  type ProviderUsage,
} from './provider.contract.js';
import { toProviderError } from './provider-failure.js';
import { ResponseCollector, type CollectedResponse } from './response-collector.js';
import { tokenCount } from './token-count.js';

/** `signal` is the caller's own wish to stop; the deadlines are in `CompletionLimits`. */
export type CompletionRequest = Omit<ProviderRequest, 'signal'> & { readonly signal?: AbortSignal };

export interface CompletionLimits {
  /** For the whole call, from now. */
  readonly deadlineMs: number;
  /** Longest silence between two events, the first included; null for none but the deadline. */
  readonly idleTimeoutMs: number | null;
  /** As much of the response is kept. */
  readonly maxResponseBytes: number;
}

export interface Completion extends CollectedResponse {
  readonly finishReason: string | null;
  readonly usage: ProviderUsage;
  readonly providerRequestId: string | null;
  readonly servedModelName: string | null;
  readonly latencyMs: number;
}

/**
 * A response that is so many times too long is cut off, not read to its end: it is measured and hashed
 * beyond the limit only to tell how much is missing, which is not worth an endless answer.
 */
const CUT_OFF_FACTOR = 16;

/** Longer timers than this fire at once (Node, `setTimeout`). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * One call to a provider, waited for: `stream()` read to its end. The limits hold for an adapter that ignores
 * its signal too; what it does afterwards is not waited for.
 *
 * @throws ProviderError, and nothing else but the reason of `request.signal` when that aborts.
 */
export async function complete(
  provider: ModelProvider,
  request: CompletionRequest,
  limits: CompletionLimits,
): Promise<Completion> {
  const startedAt = performance.now();
  const watch = new Watch(limits, request.signal);
  const collector = new ResponseCollector(limits.maxResponseBytes);
  let providerRequestId: string | null = null;
  let end: ProviderEnd | null = null;
  let iterator: AsyncIterator<ProviderEvent> | null = null;
  try {
    watch.check();
    iterator = provider.stream({ ...request, signal: watch.signal })[Symbol.asyncIterator]();
    while (end === null) {
      const step = await watch.orInterrupted(iterator.next());
      if (step.done === true) throw cutOff(providerRequestId);
      const event = step.value;
      if (event.type === 'start') providerRequestId = event.providerRequestId;
      else if (event.type === 'end') end = event;
      else if (event.type === 'delta') collect(collector, event.text, limits, providerRequestId);
    }
  } catch (error) {
    // An adapter whose call we cut short may say anything; why we cut it is the truth.
    watch.check();
    throw toProviderError(error, providerRequestId);
  } finally {
    watch.end(end !== null);
    void close(iterator);
  }
  return {
    ...collector.finish(),
    finishReason: end.finishReason,
    usage: checkedUsage(end.usage),
    providerRequestId,
    servedModelName: end.servedModelName,
    latencyMs: Math.round(performance.now() - startedAt),
  };
}

/** Ends a call early for one of three reasons, whichever comes first. */
class Watch {
  private readonly controller = new AbortController();
  private readonly deadline: NodeJS.Timeout;
  private readonly idle: NodeJS.Timeout | null;
  private readonly onAbort = (): void => this.interrupt(this.caller?.reason);
  /** Of the one step that is being waited for. `Promise.race` with a long-lived promise would leak per event. */
  private rejectStep: ((reason: unknown) => void) | null = null;

  constructor(
    limits: CompletionLimits,
    private readonly caller: AbortSignal | undefined,
  ) {
    const { deadlineMs, idleTimeoutMs } = limits;
    this.deadline = this.timer(deadlineMs, `The provider did not finish within ${deadlineMs} ms.`);
    this.idle =
      idleTimeoutMs === null
        ? null
        : this.timer(idleTimeoutMs, `The provider was silent for ${idleTimeoutMs} ms.`);
    if (deadlineMs <= 0) this.interrupt(new ProviderError('timeout', 'The deadline had passed already.'));
    if (caller?.aborted === true) this.onAbort();
    else caller?.addEventListener('abort', this.onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** @throws the reason of the interruption, if there was one. */
  check(): void {
    this.signal.throwIfAborted();
  }

  /** Settles as `step` does, or rejects at the interruption; each settled step winds the idle timer up again. */
  orInterrupted<T>(step: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.rejectStep = reject;
      step.then((value) => {
        this.idle?.refresh();
        resolve(value);
      }, reject);
      if (this.signal.aborted) reject(this.signal.reason);
    });
  }

  end(succeeded: boolean): void {
    clearTimeout(this.deadline);
    if (this.idle !== null) clearTimeout(this.idle);
    this.caller?.removeEventListener('abort', this.onAbort);
    // A failure of ours (too long a response) must free the connection; after a success it is kept for the next.
    if (!succeeded) this.controller.abort();
  }

  private timer(ms: number, message: string): NodeJS.Timeout {
    const fire = (): void => this.interrupt(new ProviderError('timeout', message));
    return setTimeout(fire, Math.min(ms, LONGEST_TIMER_MS));
  }

  private interrupt(reason: unknown): void {
    this.controller.abort(reason);
    this.rejectStep?.(this.signal.reason);
  }
}

function collect(
  collector: ResponseCollector,
  text: string,
  limits: CompletionLimits,
  providerRequestId: string | null,
): void {
  collector.add(text);
  const mostBytes = limits.maxResponseBytes * CUT_OFF_FACTOR;
  if (collector.totalBytes <= mostBytes) return;
  throw new ProviderError(
    'provider_error',
    `The provider's answer was cut off after ${mostBytes} bytes, ${CUT_OFF_FACTOR} times MAX_RESPONSE_BYTES.`,
    { providerRequestId },
  );
}

function cutOff(providerRequestId: string | null): ProviderError {
  return new ProviderError('connection', "The provider's answer stopped before its end.", {
    providerRequestId,
  });
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

/** Not awaited: `return()` of a generator that hangs in an `await` never settles. */
async function close(iterator: AsyncIterator<ProviderEvent> | null): Promise<void> {
  try {
    await iterator?.return?.();
  } catch {
    // The outcome of the call is settled; a clean-up that fails cannot change it.
  }
}
