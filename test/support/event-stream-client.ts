import type { ApiBody } from './api-client.js';

export interface StreamEvent {
  readonly event: string;
  readonly data: ApiBody;
  /** The text as it arrived. */
  readonly text: string;
}

export interface StreamOptions {
  readonly apiKey: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Reads the answer to a `:stream` event by event, and no faster than the test asks for them. */
export class EventStreamClient {
  private reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  private readonly decoder = new TextDecoder();
  private rest = '';

  private constructor(
    /** Its body is not read before the first event is requested, because a refusal has a body of another form. */
    readonly response: Response,
    private readonly leaving: AbortController,
  ) {}

  static async open(url: string, body: ApiBody, options: StreamOptions): Promise<EventStreamClient> {
    const leaving = new AbortController();
    const response = await fetch(`${url}/v1/executions:stream`, {
      method: 'POST',
      headers: { 'x-api-key': options.apiKey, 'content-type': 'application/json', ...options.headers },
      body: JSON.stringify(body),
      signal: leaving.signal,
    });
    return new EventStreamClient(response, leaving);
  }

  /** Returns null at the end. */
  async next(): Promise<StreamEvent | null> {
    for (;;) {
      const end = this.rest.indexOf('\n\n');
      if (end !== -1) {
        const block = this.rest.slice(0, end);
        this.rest = this.rest.slice(end + 2);
        if (!block.startsWith(':')) return eventOf(block);
        continue;
      }
      this.reader ??= (this.response.body as ReadableStream<Uint8Array>).getReader();
      const step = await this.reader.read();
      if (step.done) return null;
      this.rest += this.decoder.decode(step.value, { stream: true });
    }
  }

  /** Skips other events. @throws when the stream ends before one arrives. */
  async until(name: string): Promise<StreamEvent> {
    for (;;) {
      const event = await this.next();
      if (event === null) throw new Error(`the stream ended before "${name}"`);
      if (event.event === name) return event;
    }
  }

  async readAll(): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    for (let event = await this.next(); event !== null; event = await this.next()) events.push(event);
    return events;
  }

  /** Disconnects. */
  leave(): void {
    this.leaving.abort();
  }
}

function eventOf(block: string): StreamEvent {
  const lines = block.split('\n');
  const fieldOf = (name: string) =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
  const text = fieldOf('data');
  return { event: fieldOf('event'), data: JSON.parse(text) as ApiBody, text };
}
