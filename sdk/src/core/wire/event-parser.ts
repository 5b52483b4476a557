import { PromptLedgerError } from '../errors.js';

/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  /** `message` if the stream does not say. */
  readonly type: string;
  /** The data lines, joined by line feeds. */
  readonly data: string;
}

/** The most characters of one event, 32 times what the ledger keeps of an answer. A larger event is not the ledger's. */
const MAX_EVENT_LENGTH = 16 * 1024 ** 2;
const LINE_END = /\r\n|\r|\n/;

/**
 * Reads Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream) from bytes that may be
 * cut anywhere, even inside a character. Ignores an event without an end.
 */
export class EventParser {
  /** Also drops the byte order mark at the beginning. */
  private readonly decoder = new TextDecoder();
  /** The pieces of an unfinished line, joined once when its end arrives. */
  private pieces: string[] = [];
  private lineLength = 0;
  private data: string[] = [];
  private dataLength = 0;
  private type = '';
  /** True after a carriage return, because a line feed that follows belongs to the same line end. */
  private endedWithReturn = false;

  /** @throws PromptLedgerError `ANSWER_UNREADABLE` when an event is too large */
  push(chunk: Uint8Array): ServerSentEvent[] {
    let text = this.decoder.decode(chunk, { stream: true });
    if (text === '') return [];
    if (this.endedWithReturn && text.startsWith('\n')) text = text.slice(1);
    this.endedWithReturn = text.endsWith('\r');
    const lines = text.split(LINE_END);
    const rest = lines.pop() ?? '';
    const events: ServerSentEvent[] = [];
    for (const line of lines) {
      this.add(line);
      const event = this.endLine();
      if (event !== null) events.push(event);
    }
    this.add(rest);
    return events;
  }

  private add(piece: string): void {
    if (piece === '') return;
    this.pieces.push(piece);
    this.lineLength += piece.length;
    if (this.lineLength + this.dataLength > MAX_EVENT_LENGTH) {
      throw new PromptLedgerError(
        'ANSWER_UNREADABLE',
        `An event of the stream has more than ${MAX_EVENT_LENGTH} characters.`,
      );
    }
  }

  private endLine(): ServerSentEvent | null {
    const line = this.pieces.join('');
    this.pieces = [];
    this.lineLength = 0;
    if (line === '') return this.endEvent();
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    // A comment has no name. `id` and `retry` are ignored, because streams are not resumed.
    if (name === 'event') this.type = value;
    if (name === 'data') {
      this.data.push(value);
      this.dataLength += value.length + 1;
    }
    return null;
  }

  private endEvent(): ServerSentEvent | null {
    const { type, data } = this;
    this.type = '';
    this.data = [];
    this.dataLength = 0;
    return data.length === 0 ? null : { type: type === '' ? 'message' : type, data: data.join('\n') };
  }
}
