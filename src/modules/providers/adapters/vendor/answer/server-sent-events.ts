import { ProviderError } from '../../../provider.contract.js';

/** Far above any real event of a vendor. Without a bound, a server that never ends its line fills the memory. */
const MAX_EVENT_CHARACTERS = 4 * 1024 * 1024;

/**
 * Yields the `data` of each server-sent event (WHATWG HTML, 9.2.6), in order. Ignores `event`, `id`, `retry` and comments, which no
 * vendor's completion stream needs. Drops an event cut off by the end of the body, as the standard says.
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

/** Splits a body that is pushed in chunks. `readServerSentEvents` builds on it. */
export class ServerSentEventSplitter {
  private readonly decoder = new TextDecoder();
  /** The pieces of an unfinished line. */
  private open: string[] = [];
  private openCharacters = 0;
  /** The lines of an unfinished event. */
  private dataLines: string[] = [];
  private dataCharacters = 0;

  constructor(private readonly maxEventCharacters = MAX_EVENT_CHARACTERS) {}

  /**
   * Returns the data of the events that these bytes complete.
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
   * Returns, at the end of a body, the event that lacks only its final empty line, which some servers omit. The standard drops it, and so
   * must a reader that cannot tell it from a truncated one.
   */
  flush(): string[] {
    return this.split(Buffer.from('\n\n'));
  }

  /** Returns the lines that this text completes. */
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
    // The standard lets a bare CR end a line too, but no vendor sends one, and it may be half of a CRLF.
    return whole.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  }
}

function endless(): ProviderError {
  return new ProviderError('provider_error', 'The provider sent an event without an end.');
}
