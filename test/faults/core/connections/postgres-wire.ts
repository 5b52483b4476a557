/** One message of the protocol; `bytes` is all of it. */
export interface WireMessage {
  /** The letter, or null for the first message of a session, which has none. */
  readonly type: string | null;
  readonly bytes: Buffer;
}

const NO_BYTES = Buffer.alloc(0);

/** Splits a stream of PostgreSQL's protocol (version 3, without TLS) into its messages. */
export class WireReader {
  private rest: Buffer = NO_BYTES;

  /** A client's first message has no letter. */
  constructor(private isStart: boolean) {}

  /** @returns the messages that are complete now; the rest is kept until it is. */
  read(chunk: Buffer): WireMessage[] {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const messages: WireMessage[] = [];
    for (;;) {
      const message = this.next();
      if (message === null) return messages;
      messages.push(message);
    }
  }

  private next(): WireMessage | null {
    const headBytes = this.isStart ? 4 : 5;
    if (this.rest.length < headBytes) return null;
    const sizeBytes = this.rest.readUInt32BE(headBytes - 4) + headBytes - 4;
    if (this.rest.length < sizeBytes) return null;
    const bytes = this.rest.subarray(0, sizeBytes);
    this.rest = this.rest.subarray(sizeBytes);
    const type = this.isStart ? null : String.fromCharCode(bytes[0] ?? 0);
    this.isStart = false;
    return { type, bytes };
  }
}

/** Strings in a message end with a zero byte. @returns the string at `offset` and where the next one begins. */
export function readText(bytes: Buffer, offset: number): { text: string; next: number } {
  const end = bytes.indexOf(0, offset);
  return { text: bytes.toString('utf8', offset, end), next: end + 1 };
}

/** Reads a Bind: the name of the prepared statement, and its first parameter as text; null when it has none. */
export function readBind(bytes: Buffer, offset: number): { statement: string; firstValue: string | null } {
  const portal = readText(bytes, offset);
  const { text: statement, next: formatsAt } = readText(bytes, portal.next);
  const countAt = formatsAt + 2 + 2 * bytes.readUInt16BE(formatsAt);
  const lengthAt = countAt + 2;
  const length = bytes.readUInt16BE(countAt) === 0 ? -1 : bytes.readInt32BE(lengthAt);
  if (length < 0) return { statement, firstValue: null };
  return { statement, firstValue: bytes.toString('utf8', lengthAt + 4, lengthAt + 4 + length) };
}
