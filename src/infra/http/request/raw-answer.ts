import type { ServerResponse } from 'node:http';

/**
 * A complete answer, composed once. It may be stored and sent again byte for byte, and every way to answer can write it: a controller that
 * returns it, the filter, and the fast path in front of Nest.
 */
export class RawAnswer {
  /**
   * @param headers headers beyond those of every answer. Content-Length is excluded, because the writer computes it.
   * @param body the bytes, or a text that is sent as UTF-8; empty for none.
   */
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: string | Buffer,
  ) {}

  /** @param text a valid JSON text. */
  static json(
    status: number,
    text: string | Buffer,
    headers: Readonly<Record<string, string>> | null = null,
  ): RawAnswer {
    return new RawAnswer(status, headers === null ? JSON_HEADERS : { ...JSON_HEADERS, ...headers }, text);
  }

  /** Returns this answer with further headers, such as one that marks a replay. */
  with(headers: Readonly<Record<string, string>>): RawAnswer {
    for (const _name in headers) return this.withAdded(headers);
    return this;
  }

  private withAdded(headers: Readonly<Record<string, string>>): RawAnswer {
    return new RawAnswer(this.status, { ...this.headers, ...headers }, this.body);
  }
}

/** The headers that Express writes for `response.json()`, so that a route looks the same whichever way it is served. */
const JSON_HEADERS = { 'Content-Type': 'application/json; charset=utf-8' };

/** Writes the whole answer. The response must not have begun. */
export function writeRawAnswer(response: ServerResponse, { status, headers, body }: RawAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // RFC 9110: a 204 has neither a body nor a length.
  if (status !== 204) response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
