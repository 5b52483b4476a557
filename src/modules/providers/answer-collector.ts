import {
  ProviderError,
  type ProviderDelta,
  type ProviderToolCall,
  type ProviderToolCallDelta,
} from './provider.contract.js';
import { ResponseCollector, type CollectedResponse } from './response-collector.js';
import { ToolCallCollector } from './tool-call-collector.js';

export type AnswerEvent = ProviderDelta | ProviderToolCallDelta;

/**
 * An answer that is so many times too long is cut off, not read to its end: it is measured and hashed
 * beyond the limit only to tell how much is missing, which is not worth an endless answer.
 */
const CUT_OFF_FACTOR = 16;

/** Puts an answer together: its text, its refusal, its calls of tools. */
export class AnswerCollector {
  private readonly response: ResponseCollector;
  private readonly toolCalls = new ToolCallCollector();
  private refusal: ResponseCollector | null = null;
  private firstAt: number | null = null;

  constructor(
    private readonly maxBytes: number,
    private readonly startedAt: number,
  ) {
    this.response = new ResponseCollector(maxBytes);
  }

  /** From the beginning of the call to the first piece of the answer; null while none has come. */
  get firstTokenMs(): number | null {
    return this.firstAt === null ? null : Math.round(this.firstAt - this.startedAt);
  }

  /**
   * The event as it is certain now; null when it says nothing yet. All that this gives, put together, is what is
   * stored of the answer.
   *
   * @throws ProviderError `provider_error` when the answer is far too long, or a call makes no sense.
   */
  add(event: AnswerEvent): AnswerEvent | null {
    if (event.type === 'tool_call' || event.text !== '') this.firstAt ??= performance.now();
    const certain = event.type === 'tool_call' ? this.toolCalls.add(event) : this.addText(event);
    const mostBytes = this.maxBytes * CUT_OFF_FACTOR;
    if (this.response.totalBytes + this.toolCalls.totalBytes <= mostBytes) return certain;
    throw new ProviderError(
      'provider_error',
      `The provider's answer was cut off after ${mostBytes} bytes, ${CUT_OFF_FACTOR} times MAX_RESPONSE_BYTES.`,
    );
  }

  /** What was held back, at the end of a whole answer. */
  *flush(): Generator<AnswerEvent> {
    const text = this.response.flush();
    if (text !== '') yield { type: 'delta', text, ...(this.refusal === null ? {} : { refusal: true }) };
    yield* this.toolCalls.flush();
  }

  /** Once. @throws ProviderError `provider_error` for a call without a name. */
  finish(): CollectedResponse & {
    readonly toolCalls: readonly ProviderToolCall[];
    readonly refusal: string | null;
  } {
    const toolCalls = this.toolCalls.finish();
    return { ...this.response.finish(), toolCalls, refusal: this.refusal?.finish().text ?? null };
  }

  /** The text of an answer that broke off; null when nothing of the answer came. Once, and not after `finish`. */
  finishPart(): CollectedResponse | null {
    this.response.dropHalf();
    return this.firstAt === null ? null : this.response.finish();
  }

  private addText(event: ProviderDelta): ProviderDelta | null {
    const text = this.response.add(event.text);
    if (event.refusal === true) (this.refusal ??= new ResponseCollector(this.maxBytes)).add(event.text);
    if (text === '') return null;
    return { type: 'delta', text, ...(event.refusal === true ? { refusal: true } : {}) };
  }
}
