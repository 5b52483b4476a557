import type { ServerResponse } from 'node:http';

/**
 * A complete answer, composed once. It may be stored and sent again later byte for byte, and any of the ways to
 * answer can write it: a controller that returns it, the filter, and whatever answers in front of Nest.
 */
export class RawAnswer {
  /**
   * @param headers beside those that every answer gets. Content-Length is not among them: the writer counts it.
   * @param body the bytes, or a text that goes out as UTF-8; empty for none.
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

  /** This answer with further headers, such as one that says that it is a replay. */
  with(headers: Readonly<Record<string, string>>): RawAnswer {
    for (const _name in headers) return this.withAdded(headers);
    return this;
  }

  private withAdded(headers: Readonly<Record<string, string>>): RawAnswer {
    return new RawAnswer(this.status, { ...this.headers, ...headers }, this.body);
  }
}

/** The headers that Express writes for `response.json()`, so that a route looks the same whoever answers it. */
const JSON_HEADERS = { 'Content-Type': 'application/json; charset=utf-8' };

/** Writes the whole answer. The response must not have begun. */
export function writeRawAnswer(response: ServerResponse, { status, headers, body }: RawAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // RFC 9110: a 204 has neither a body nor a length.
  if (status !== 204) response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
