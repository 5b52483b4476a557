import { setTimeout as sleep } from 'node:timers/promises';
import { providerErrorFromStatus } from '../../calls/provider-failure.js';
import {
  PARAM_NAMES,
  PROVIDER_FEATURES,
  type ModelProvider,
  type ProviderEvent,
  type ProviderMaxTokens,
  type ProviderReadiness,
  type ProviderRequest,
} from '../../provider.contract.js';
import { Provider } from '../../provider.decorator.js';
import {
  makeAnswer,
  countWords,
  mostWords,
  parseModel,
  promptWords,
  type EchoAnswer,
} from './echo.answer.js';

/** A long answer gets many deltas, as from a vendor, but not one per word, because it is often megabytes. */
const DELTA_CHARACTERS = 16 * 1024;

/**
 * Local, deterministic and free: answers with the prompt it got. Meant for trying things out, and for tests that need a provider but no
 * vendor. docs/providers.md lists the models.
 */
@Provider({ id: 'echo' })
export class EchoProvider implements ModelProvider {
  /** All are accepted, so that a request can be rehearsed unchanged. Only `max_new_tokens` changes the answer. */
  readonly supportedParams = PARAM_NAMES;

  readonly supportedFeatures = PROVIDER_FEATURES;
  readonly vendorParams = [];

  readiness(): ProviderReadiness {
    return { ready: true };
  }

  maxTokens(request: Parameters<NonNullable<ModelProvider['maxTokens']>>[0]): ProviderMaxTokens {
    const model = parseModel(request.modelName);
    return {
      promptTokens: promptWords(request.messages),
      // A model that never answers is billed nothing, so what the others would answer bounds it too.
      responseTokens: model === null ? null : mostWords(model, request),
    };
  }

  async *stream(request: ProviderRequest): AsyncIterable<ProviderEvent> {
    const { messages, signal } = request;
    const providerRequestId = `echo-${request.attemptId}`;
    const model = parseModel(request.modelName);
    if (model === null) throw failure(404, providerRequestId);
    if (model.delayMs !== undefined) await sleep(model.delayMs, undefined, { signal });
    if (model.failStatus !== undefined) throw failure(model.failStatus, providerRequestId);
    const answer = makeAnswer(model, request, request.toolChoice);
    if (answer === null) throw failure(400, providerRequestId, 'the tool to call is none of the tools.');
    yield { type: 'start', providerRequestId };
    if (model.hangs === true) await untilAborted(signal);

    const pieces = model.pieceDelayMs === undefined ? inBlocks(answer.text) : inWords(answer.text);
    let isFirst = true;
    for (const piece of pieces) {
      if (model.pieceDelayMs !== undefined) await sleep(model.pieceDelayMs, undefined, { signal });
      yield toPiece(answer, piece, isFirst ? `call_${messages.length}` : null);
      isFirst = false;
    }
    const usage = { promptTokens: promptWords(messages), responseTokens: countWords(answer.text) };
    yield {
      type: 'end',
      finishReason: answer.cut ? 'length' : answer.toolName === null ? 'stop' : 'tool_calls',
      usage: { ...usage, raw: { prompt_tokens: usage.promptTokens, response_tokens: usage.responseTokens } },
      servedModelName: request.modelName,
    };
  }
}

/** Only the first piece has `callId`. The id differs from turn to turn, so that it is unique within a chat. */
function toPiece({ toolName }: EchoAnswer, text: string, callId: string | null): ProviderEvent {
  if (toolName === null) return { type: 'delta', text };
  const head = callId === null ? {} : { id: callId, name: toolName };
  return { type: 'tool_call', index: 0, ...head, arguments: text };
}

function failure(status: number, providerRequestId: string, detail?: string): Error {
  const usual = status === 404 ? 'the echo has no such model.' : 'the model is there to fail.';
  return providerErrorFromStatus({
    status,
    detail: detail ?? usual,
    retryAfter: status === 429 ? '1' : null,
    providerRequestId,
  });
}

function* inBlocks(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    let end = start + DELTA_CHARACTERS;
    // Do not split a surrogate pair.
    if ((text.codePointAt(end - 1) ?? 0) > 0xffff) end += 1;
    yield text.slice(start, end);
    start = end;
  }
}

/** Splits a text into words, each with its trailing white space. */
function* inWords(text: string): Generator<string> {
  for (const [piece] of text.matchAll(/^\s+|\S+\s*/g)) yield piece;
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
