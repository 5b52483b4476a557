import { assertNotEndless } from './answer-bounds.js';
import type { ProviderDelta, ProviderToolCall, ProviderToolCallDelta } from '../provider.contract.js';
import { ResponseCollector, type CollectedResponse } from './response-collector.js';
import { ToolCallCollector } from './tool-call-collector.js';

export type AnswerEvent = ProviderDelta | ProviderToolCallDelta;

/** An answer as it is stored. */
export interface CollectedAnswer extends CollectedResponse {
  /** In order; empty when there are none. */
  readonly toolCalls: readonly ProviderToolCall[];
  /** The part of the text that is the model's refusal; null when none of it is marked as such. */
  readonly refusal: string | null;
}

/** Assembles an answer: its text, its refusal, its tool calls. */
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

  /** Whether a piece of the answer has arrived. */
  get hasBegun(): boolean {
    return this.firstAt !== null;
  }

  /** Milliseconds from the start of the call to the first piece of the answer; null until it arrives. */
  get firstTokenMs(): number | null {
    return this.firstAt === null ? null : Math.round(this.firstAt - this.startedAt);
  }

  /**
   * Returns the part of the event that is final; null for none yet. All returned parts together are what is stored of the answer.
   * @throws ProviderError `provider_error` when the answer is far too long, or a call makes no sense.
   */
  add(event: AnswerEvent): AnswerEvent | null {
    if (event.type === 'tool_call' || event.text !== '') this.firstAt ??= performance.now();
    const certain = event.type === 'tool_call' ? this.toolCalls.add(event) : this.addText(event);
    assertNotEndless(this.response.totalBytes + this.toolCalls.totalBytes, this.maxBytes);
    return certain;
  }

  /** Releases everything held back, at the end of a whole answer. */
  *flush(): Generator<AnswerEvent> {
    const text = this.response.flush();
    if (text !== '') yield { type: 'delta', text, ...(this.refusal === null ? {} : { refusal: true }) };
    yield* this.toolCalls.flush();
  }

  /** Call once. @throws ProviderError `provider_error` for a call without a name. */
  finish(): CollectedAnswer {
    const toolCalls = this.toolCalls.finish();
    return { ...this.response.finish(), toolCalls, refusal: this.refusal?.finish().text ?? null };
  }

  /** Returns the text of an incomplete answer; null when nothing of it arrived. Call once, and not after `finish`. */
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
