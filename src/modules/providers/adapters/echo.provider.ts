import { setTimeout as sleep } from 'node:timers/promises';
import { providerErrorFromStatus } from '../provider-failure.js';
import {
  PARAM_NAMES,
  type ModelProvider,
  type ProviderEvent,
  type ProviderReadiness,
  type ProviderRequest,
} from '../provider.contract.js';
import { Provider } from '../provider.decorator.js';

/** What a model does, read from its name. */
interface EchoModel {
  readonly delayMs?: number;
  readonly failStatus?: number;
  readonly longBytes?: number;
  readonly hangs?: boolean;
}

/** Many deltas for a long answer, as a vendor would send it, yet not one per word: it is often megabytes. */
const DELTA_CHARACTERS = 16 * 1024;

/** 64 bytes of ASCII, so that it fills any number of KiB exactly. */
const LONG_LINE = 'All work and no play makes the echo a very dull boy, said Jack.\n';

/**
 * Local, deterministic and free: answers with the prompt it got. For trying things out, and for tests that need
 * a provider and not a vendor. docs/providers.md lists the models.
 */
@Provider({ id: 'echo' })
export class EchoProvider implements ModelProvider {
  /** All are accepted, so that a request can be rehearsed unchanged. Only `max_new_tokens` changes the answer. */
  readonly supportedParams = PARAM_NAMES;

  readiness(): ProviderReadiness {
    return { ready: true };
  }

  async *stream(request: ProviderRequest): AsyncIterable<ProviderEvent> {
    const { messages, params, signal } = request;
    const providerRequestId = `echo-${request.attemptId}`;
    const model = parseModel(request.modelName);
    if (model === null) throw failure(404, providerRequestId);
    if (model.delayMs !== undefined) await sleep(model.delayMs, undefined, { signal });
    if (model.failStatus !== undefined) throw failure(model.failStatus, providerRequestId);
    yield { type: 'start', providerRequestId };
    if (model.hangs === true) await untilAborted(signal);

    const whole = model.longBytes === undefined ? transcript(messages) : longText(model.longBytes);
    const text = firstWords(whole, params.max_new_tokens);
    for (const piece of pieces(text)) yield { type: 'delta', text: piece };
    const usage = {
      promptTokens: messages.reduce((sum, message) => sum + countWords(message.content), 0),
      responseTokens: countWords(text),
    };
    yield {
      type: 'end',
      finishReason: text.length < whole.length ? 'length' : 'stop',
      usage: { ...usage, raw: usage },
      servedModelName: request.modelName,
    };
  }
}

/** `echo`, `echo-hang`, `echo-slow-<n>ms`, `echo-fail-<status>`, `echo-long-<n>k`; null for any other name. */
function parseModel(name: string): EchoModel | null {
  if (name === 'echo') return {};
  if (name === 'echo-hang') return { hangs: true };
  const [, behaviour, digits, unit] = /^echo-(slow|fail|long)-(\d{1,7})(ms|k)?$/.exec(name) ?? [];
  const value = Number(digits);
  if (behaviour === 'slow' && unit === 'ms') return { delayMs: value };
  if (behaviour === 'long' && unit === 'k') return { longBytes: value * 1024 };
  if (behaviour === 'fail' && unit === undefined && value >= 400 && value <= 599) {
    return { failStatus: value };
  }
  return null;
}

function failure(status: number, providerRequestId: string): Error {
  return providerErrorFromStatus({
    status,
    detail: status === 404 ? 'the echo has no such model.' : 'the model is there to fail.',
    retryAfter: status === 429 ? '1' : null,
    providerRequestId,
  });
}

/** One message comes back exactly as it is; of a chat, each message under its role. */
function transcript(messages: ProviderRequest['messages']): string {
  const [only] = messages;
  if (messages.length === 1 && only !== undefined) return only.content;
  return messages.map((message) => `${message.role}: ${message.content}`).join('\n');
}

function longText(sizeBytes: number): string {
  return LONG_LINE.repeat(sizeBytes / LONG_LINE.length);
}

/** A token is a word here: countable by hand, and the same on every machine. */
function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** Up to the end of the last word that is allowed; the text itself when it has no more. */
function firstWords(text: string, most: number | undefined): string {
  if (most === undefined) return text;
  let words = 0;
  for (const word of text.matchAll(/\S+/g)) {
    if (words === most) return text.slice(0, word.index).trimEnd();
    words += 1;
  }
  return text;
}

function* pieces(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    let end = start + DELTA_CHARACTERS;
    // Not between the halves of a character.
    if ((text.codePointAt(end - 1) ?? 0) > 0xffff) end += 1;
    yield text.slice(start, end);
    start = end;
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
