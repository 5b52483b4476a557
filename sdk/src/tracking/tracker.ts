import { toMessages, type Rendered } from '../prompts/content.js';
import type { LedgerPrompt } from '../prompts/prompt.js';
import type { Variables } from '../prompts/template-variables.js';
import type { ChatMessage, Metadata, ModelRef, Params, RecordedExecution } from '../wire/index.js';
import { type Extracted, extract } from './extract.js';
import { toFailure } from './failure.js';
import type { Recorder } from './recorder.js';
import { isStream, observeStream } from './stream.js';

/** The context of a caller's own call, besides the prompt. */
export interface TrackContext {
  /** The prompt as messages, whichever its kind. */
  readonly messages: ChatMessage[];
  readonly prompt: LedgerPrompt;
}

export interface Recording {
  readonly environment: string | undefined;
  readonly correlationId: string | undefined;
  readonly metadata: Metadata | undefined;
  readonly params: Params | undefined;
  /** Undefined for the model named in the answer. */
  readonly model: ModelRef | undefined;
  /** Takes precedence over reading the answer by its shape; `null` disables reading. */
  readonly extract: ((result: unknown) => Extracted | null) | undefined;
}

/** The limits of the wire for a name and for tool calls, and the useful length of a message. */
const MAX_NAME = 255;
const MAX_TOOL_CALLS = 128;
const MAX_MESSAGE = 2_000;
/** The model for an answer that does not name one. */
const UNKNOWN_MODEL: ModelRef = { provider: 'unknown', model_name: 'unknown' };

/** Runs the caller's own calls and records them when they are over. */
export class Tracker {
  private hasWarnedOfStream = false;

  constructor(
    private readonly recorder: Recorder,
    private readonly warn: (message: string) => void,
  ) {}

  /** @returns what the call returned, or throws what it threw; recording changes neither. */
  async track<T>(
    prompt: LedgerPrompt,
    variables: Variables,
    call: (compiled: Rendered, context: TrackContext) => T | PromiseLike<T>,
    recording: Recording,
  ): Promise<T> {
    const compiled = prompt.compile(variables);
    const run = new Run(this.recorder, prompt, variables, recording);
    let result: T;
    try {
      result = await call(compiled, { messages: toMessages(compiled), prompt });
    } catch (error) {
      run.failed(error);
      throw error;
    }
    if (isStream(result)) this.followStream(result, run);
    else run.succeeded(result);
    return result;
  }

  private followStream(stream: AsyncIterable<unknown>, run: Run): void {
    const isFollowed = observeStream(stream, ({ extracted, error, failed }) => {
      if (failed) run.failed(error, extracted);
      else {
        run.succeeded(null, extracted);
        if (extracted.text == null && (extracted.toolCalls ?? []).length === 0) this.warnOfStream();
      }
    });
    if (isFollowed) return;
    run.succeeded(null, {});
    this.warnOfStream();
  }

  private warnOfStream(): void {
    if (this.hasWarnedOfStream) return;
    this.hasWarnedOfStream = true;
    this.warn('The text of a stream could not be read, so executions are recorded without their answers.');
  }
}

/** One call from its start. */
class Run {
  private readonly startedAt = new Date().toISOString();
  private readonly startedMs = performance.now();

  constructor(
    private readonly recorder: Recorder,
    private readonly prompt: LedgerPrompt,
    private readonly variables: Variables,
    private readonly recording: Recording,
  ) {}

  /** @param found the data of a stream's chunks, used where the result itself has none. */
  succeeded(result: unknown, found?: Extracted): void {
    const latencyMs = this.latencyMs;
    this.record(() => {
      const extracted = found ?? this.recording.extract?.(result) ?? extract(result);
      return {
        ...this.common(extracted, latencyMs),
        status: 'succeeded',
        response_text: extracted.text ?? null,
        ...pickToolCalls(extracted),
      };
    });
  }

  failed(error: unknown, found: Extracted = {}): void {
    const latencyMs = this.latencyMs;
    this.record(() => {
      const { errorType, message, requestId } = toFailure(error);
      return {
        ...this.common({ ...found, requestId: requestId ?? found.requestId }, latencyMs),
        status: 'failed',
        response_text: found.text ?? null,
        error_type: errorType,
        error_message: message.slice(0, MAX_MESSAGE),
      };
    });
  }

  private get latencyMs(): number {
    return Math.round(performance.now() - this.startedMs);
  }

  /** Keeps every error of recording from the caller. */
  private record(entry: () => RecordedExecution): void {
    const { name } = this.prompt;
    try {
      this.recorder.add(name, entry());
    } catch (error) {
      this.recorder.drop({ reason: 'not_sendable', promptName: name, code: null, detail: String(error) });
    }
  }

  private common(extracted: Extracted, latencyMs: number): Omit<RecordedExecution, 'status'> {
    const { model, environment, correlationId, metadata, params } = this.recording;
    const { provider, modelName, finishReason, requestId, usage } = extracted;
    return {
      prompt_name: this.prompt.name,
      template_hash: this.prompt.checksum_hash,
      variables: this.variables,
      model: model ?? {
        provider: asName(provider) ?? UNKNOWN_MODEL.provider,
        model_name: asName(modelName) ?? UNKNOWN_MODEL.model_name,
      },
      finish_reason: asName(finishReason),
      provider_request_id: asName(requestId),
      usage: usage ?? null,
      latency_ms: latencyMs,
      started_at: this.startedAt,
      params: params ?? null,
      environment: environment ?? null,
      correlation_id: correlationId ?? null,
      ...(metadata === undefined ? {} : { metadata }),
    };
  }
}

/** Builds the tool calls for the wire: omitted when there are none, and cut to the wire's limits. */
function pickToolCalls({ toolCalls }: Extracted): Pick<RecordedExecution, 'tool_calls'> {
  const calls = (toolCalls ?? []).slice(0, MAX_TOOL_CALLS);
  if (calls.length === 0) return {};
  const named = calls.map(({ id, name, arguments: text }) => ({
    id: asName(id),
    name: name.slice(0, MAX_NAME),
    arguments: text,
  }));
  return { tool_calls: named };
}

function asName(value: string | null | undefined): string | null {
  return value == null || value === '' ? null : value.slice(0, MAX_NAME);
}
