import { ProviderError } from '../../../provider.contract.js';

/**
 * No real event of a vendor comes near it; without a bound, a server that never ends its line fills the memory.
 */
const MAX_EVENT_CHARACTERS = 4 * 1024 * 1024;

/**
 * The `data` of each server-sent event (WHATWG HTML, 9.2.6), in order. `event`, `id`, `retry` and comments
 * are passed over: no vendor's completion stream needs them. An event that the end of the body cuts off
 * is dropped, as the standard says.
 *
 * @throws ProviderError `provider_error` for an event without end.
 */
export async function* readServerSentEvents(
  body: AsyncIterable<Uint8Array>,
  maxEventCharacters = MAX_EVENT_CHARACTERS,
): AsyncGenerator<string, void, undefined> {
  const splitter = new ServerSentEventSplitter(maxEventCharacters);
  for await (const bytes of body) yield* splitter.split(bytes);
}

/** The same for a body whose bytes are pushed: what `readServerSentEvents` is made of. */
export class ServerSentEventSplitter {
  private readonly decoder = new TextDecoder();
  /** The pieces of a line whose end has not come. */
  private open: string[] = [];
  private openCharacters = 0;
  /** The lines of an event whose end has not come. */
  private dataLines: string[] = [];
  private dataCharacters = 0;

  constructor(private readonly maxEventCharacters = MAX_EVENT_CHARACTERS) {}

  /**
   * The data of the events that these bytes complete.
   * @throws ProviderError `provider_error` for an event without end.
   */
  split(bytes: Uint8Array): string[] {
    const events: string[] = [];
    for (const line of this.lines(this.decoder.decode(bytes, { stream: true }))) {
      if (line === '') {
        if (this.dataLines.length > 0) events.push(this.dataLines.join('\n'));
        this.dataLines = [];
        this.dataCharacters = 0;
      } else if (line.startsWith('data:')) {
        this.dataLines.push(line.slice(line.startsWith('data: ') ? 6 : 5));
        this.dataCharacters += line.length;
        if (this.dataCharacters > this.maxEventCharacters) throw endless();
      }
    }
    return events;
  }

  /**
   * At the end of a body: the event that lacks nothing but the empty line at its end, which some servers forget, or no event. The
   * standard drops it, and so must a reader that cannot tell it from half a text.
   */
  flush(): string[] {
    return this.split(Buffer.from('\n\n'));
  }

  /** The lines that this text completes. */
  private lines(text: string): string[] {
    const end = text.lastIndexOf('\n');
    if (end === -1) {
      this.open.push(text);
      this.openCharacters += text.length;
      if (this.openCharacters > this.maxEventCharacters) throw endless();
      return [];
    }
    const whole = this.open.join('') + text.slice(0, end);
    this.open = [text.slice(end + 1)];
    this.openCharacters = text.length - end - 1;
    // A bare CR also ends a line by the standard, but no vendor sends one, and it may be half of a CRLF.
    return whole.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  }
}

function endless(): ProviderError {
  return new ProviderError('provider_error', 'The provider sent an event without an end.');
}
