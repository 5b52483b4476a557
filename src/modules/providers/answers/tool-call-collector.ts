import { ProviderError, type ProviderToolCall, type ProviderToolCallDelta } from '../provider.contract.js';
import { WholeText } from './whole-text.js';

/** The size that a call counts besides its text, so that endless calls do not slip under the limit. */
const BYTES_PER_CALL = 64;

interface OpenCall {
  readonly id: string;
  name: string;
  readonly pieces: string[];
  readonly whole: WholeText;
}

/** Assembles the tool calls of an answer. An incomplete call is dropped, because half a JSON text is useless. */
export class ToolCallCollector {
  private readonly calls = new Map<number, OpenCall>();
  private readonly ids = new Set<string>();
  private bytesSeen = 0;

  /** Bytes of everything added so far. */
  get totalBytes(): number {
    return this.bytesSeen;
  }

  /**
   * Returns the part of the event that is final, in whole characters. The first event of each call has an id, generated if the vendor sent
   * none. Null when nothing is final.
   * @throws ProviderError `provider_error` for an event that makes no sense.
   */
  add(event: ProviderToolCallDelta): ProviderToolCallDelta | null {
    const { index } = event;
    // No compiler has checked an adapter from outside the tree.
    if (!Number.isInteger(index) || index < 0 || typeof event.arguments !== 'string')
      throw malformedToolCall();
    const known = this.calls.get(index);
    const call = known ?? this.open(event);
    const namedLater = known !== undefined && known.name === '' && isText(event.name);
    if (namedLater) this.count((call.name = repairWhole(event.name)));
    const text = this.take(call, call.whole.add(event.arguments));
    if (known !== undefined && !namedLater && text === '') return null;
    return {
      type: 'tool_call',
      index,
      ...(known === undefined ? { id: call.id } : {}),
      ...((known === undefined || namedLater) && call.name !== '' ? { name: call.name } : {}),
      arguments: text,
    };
  }

  /** Releases everything held back, because nothing follows. */
  *flush(): Generator<ProviderToolCallDelta> {
    for (const [index, call] of this.calls) {
      const text = this.take(call, call.whole.flush());
      if (text !== '') yield { type: 'tool_call', index, arguments: text };
    }
  }

  /**
   * Returns the calls in order.
   * @throws ProviderError `provider_error` for one without a name.
   */
  finish(): ProviderToolCall[] {
    const inOrder = [...this.calls].sort(([a], [b]) => a - b);
    return inOrder.map(([, { id, name, pieces }]) => {
      if (name === '') throw malformedToolCall();
      return { id, name, arguments: pieces.join('') };
    });
  }

  private open({ index, id, name }: ProviderToolCallDelta): OpenCall {
    const call: OpenCall = {
      id: this.freeId(isText(id) ? repairWhole(id) : `call_${index}`, index),
      name: isText(name) ? repairWhole(name) : '',
      pieces: [],
      whole: new WholeText(),
    };
    this.calls.set(index, call);
    this.bytesSeen += BYTES_PER_CALL;
    this.count(call.id + call.name);
    return call;
  }

  /** Results are matched by id, so calls with the same id from the vendor each get their own. */
  private freeId(wanted: string, index: number): string {
    let id = wanted;
    while (this.ids.has(id)) id += `_${index}`;
    this.ids.add(id);
    return id;
  }

  private take(call: OpenCall, text: string): string {
    if (text !== '') call.pieces.push(text);
    this.count(text);
    return text;
  }

  private count(text: string): void {
    this.bytesSeen += Buffer.byteLength(text, 'utf8');
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function repairWhole(text: string): string {
  const whole = new WholeText();
  return whole.add(text) + whole.flush();
}

function malformedToolCall(): ProviderError {
  return new ProviderError('provider_error', "The provider's call of a tool makes no sense.");
}
