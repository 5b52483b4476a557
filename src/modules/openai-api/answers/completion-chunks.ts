import type {
  AnswerEvent,
  AnsweringModel,
  StreamedExecutionDto,
  StreamFormat,
} from '../../executions/index.js';
import type { ChatCompletionDto, ChatUsageDto } from './chat-completion.dto.js';
import { toCompletionId, type FinishReason, toUnixSeconds, vendorFacts } from './chat-completion.js';
import { fillArguments } from '../requests/fill-arguments.js';

/** The members that all chunks of a stream share. */
type Head = Pick<ChatCompletionDto, 'id' | 'created' | 'model' | 'service_tier' | 'system_fingerprint'>;

interface Choice {
  readonly delta: object;
  readonly finish_reason: FinishReason | null;
}

const END = 'data: [DONE]\n\n';

/**
 * Streams the answer to one request as OpenAI does: unnamed `chat.completion.chunk` events, then `[DONE]`. A stream that fails
 * ends with `{"error": …}` and without `[DONE]`.
 */
export class CompletionChunks implements StreamFormat {
  private head: Head | null = null;
  private hasStarted = false;
  /** Whether a call has had arguments yet, by its index. */
  private readonly calls = new Map<number, boolean>();

  constructor(private readonly options: { readonly includeUsage: boolean }) {}

  /** Writes nothing yet, because the first chunk names the model that answers, which may still change. */
  begin(execution: StreamedExecutionDto): string {
    this.head = {
      id: toCompletionId(execution),
      created: toUnixSeconds(execution.created_at),
      model: execution.model.model_name,
    };
    return '';
  }

  answeredBy({ servedModelName, extras }: AnsweringModel): void {
    const { id, created, model } = this.head as Head;
    this.head = { id, created, model: servedModelName ?? model, ...vendorFacts(extras) };
  }

  piece(event: AnswerEvent): string {
    if (event.type === 'tool_call') {
      const { index, arguments: text } = event;
      this.calls.set(index, this.calls.get(index) === true || text.trim() !== '');
    }
    return this.start() + this.chunk(toDelta(event));
  }

  done(body: string): string {
    const completion = JSON.parse(body) as ChatCompletionDto;
    this.head = completion;
    return this.start() + this.missingArguments() + this.end(completion);
  }

  failed(body: string): string {
    return `data: ${body}\n\n`;
  }

  replay(body: string): string {
    const completion = JSON.parse(body) as ChatCompletionDto;
    this.head = completion;
    const message = completion.choices[0]?.message;
    const { content = null, refusal = null, tool_calls: calls = [] } = message ?? {};
    return [
      this.start(),
      content === null || content === '' ? '' : this.chunk({ content }),
      refusal === null ? '' : this.chunk({ refusal }),
      ...calls.map((call, index) => this.chunk({ tool_calls: [{ index, ...call }] })),
      this.end(completion),
    ].join('');
  }

  /** Sends `{}` for calls without arguments, which is only known at the end. */
  private missingArguments(): string {
    const called = { arguments: fillArguments('') };
    return [...this.calls]
      .filter(([, hasArguments]) => !hasArguments)
      .map(([index]) => this.chunk({ tool_calls: [{ index, function: called }] }))
      .join('');
  }

  private start(): string {
    if (this.hasStarted) return '';
    this.hasStarted = true;
    return this.chunk({ role: 'assistant', content: '', refusal: null });
  }

  private end({ choices, usage }: ChatCompletionDto): string {
    const reason = choices[0]?.finish_reason ?? 'stop';
    return [this.chunk({}, reason), this.options.includeUsage ? this.frame([], usage ?? null) : '', END].join(
      '',
    );
  }

  private chunk(delta: object, finishReason: FinishReason | null = null): string {
    return this.frame([{ delta, finish_reason: finishReason }], null);
  }

  private frame(choices: readonly Choice[], usage: ChatUsageDto | null): string {
    const { id, created, model, service_tier, system_fingerprint } = this.head as Head;
    const data = {
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      ...(service_tier === undefined ? {} : { service_tier }),
      ...(system_fingerprint === undefined ? {} : { system_fingerprint }),
      choices: choices.map(({ delta, finish_reason }) => ({
        index: 0,
        delta,
        logprobs: null,
        finish_reason,
      })),
      ...(this.options.includeUsage ? { usage } : {}),
    };
    return `data: ${JSON.stringify(data)}\n\n`;
  }
}

function toDelta(event: AnswerEvent): object {
  if (event.type === 'delta')
    return event.refusal === true ? { refusal: event.text } : { content: event.text };
  const { index, id, name, arguments: text } = event;
  // Only the first piece of a call names its function.
  const isFirst = id !== undefined;
  const called = { ...(name === undefined ? {} : { name }), arguments: text };
  return { tool_calls: [{ index, ...(isFirst ? { id, type: 'function' } : {}), function: called }] };
}
