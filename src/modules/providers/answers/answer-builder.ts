import {
  ProviderError,
  type ProviderAnswer,
  type ProviderAnswerToolCall,
  type ProviderEnd,
  type ProviderEvent,
} from '../provider.contract.js';

/** The size that a call counts besides its text, so that endless calls do not slip under the limit. */
const CHARACTERS_PER_CALL = 64;

interface OpenCall {
  readonly id: string | undefined;
  name: string;
  arguments: string;
}

/** Assembles the events of one answer into what a provider's `complete` resolves to. */
export class AnswerBuilder {
  /** Taken from the start event; null until then. */
  providerRequestId: string | null = null;

  private text = '';
  private refusal: string | null = null;
  private readonly calls: OpenCall[] = [];
  private readonly callsByIndex = new Map<number, OpenCall>();
  private characters = 0;

  /** @param maxBytes limit for text and calls */
  constructor(private readonly maxBytes: number) {}

  /** @throws ProviderError `provider_error` when the answer is far too long. */
  add(event: ProviderEvent): void {
    if (event.type === 'start') this.providerRequestId = event.providerRequestId;
    else if (event.type === 'delta') {
      this.text += event.text;
      if (event.refusal === true) this.refusal = (this.refusal ?? '') + event.text;
      this.count(event.text.length);
    } else if (event.type === 'tool_call') {
      const call = this.callsByIndex.get(event.index) ?? this.open(event.index, event.id);
      if (call.name === '') call.name = event.name ?? '';
      call.arguments += event.arguments;
      this.count(event.arguments.length);
    }
  }

  build(end: ProviderEnd): ProviderAnswer {
    const { finishReason, isUnfinished, usage, servedModelName, extras } = end;
    return {
      providerRequestId: this.providerRequestId,
      text: this.text,
      refusal: this.refusal,
      toolCalls: this.calls.map(toCall),
      finishReason,
      ...(isUnfinished === true ? { isUnfinished } : {}),
      usage,
      servedModelName,
      ...(extras === undefined ? {} : { extras }),
    };
  }

  private open(index: number, id: string | undefined): OpenCall {
    const call = { id, name: '', arguments: '' };
    this.calls.push(call);
    this.callsByIndex.set(index, call);
    this.count(CHARACTERS_PER_CALL);
    return call;
  }

  /** A character takes at least a byte, so what exceeds the limit in characters exceeds it in bytes. */
  private count(characters: number): void {
    this.characters += characters;
    if (this.characters <= this.maxBytes) return;
    throw new ProviderError('provider_error', `The provider's answer is over ${this.maxBytes} bytes.`, {
      isCut: true,
    });
  }
}

function toCall({ id, name, arguments: text }: OpenCall): ProviderAnswerToolCall {
  return { ...(id === undefined ? {} : { id }), name, arguments: text };
}
