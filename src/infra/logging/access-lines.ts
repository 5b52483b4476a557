import { hostname } from 'node:os';
import type { Logger } from 'pino';

/** The access log of a request: ids, names, sizes and times. */
export interface AccessLine {
  /** Null for a request that was cut off before it got one. It has no characters that JSON escapes. */
  readonly requestId: string | null;
  readonly method: string;
  /** Without the query, whose values are content. */
  readonly path: string;
  readonly status: number;
  readonly elapsedMs: number;
  /** False when the client left before it had all of the answer. */
  readonly isComplete: boolean;
}

/** The destination of finished lines. */
export interface LineSink {
  write(lines: string): unknown;
  /** Hands over what it still holds before it returns. */
  flushSync(): void;
}

/** Long enough to gather the lines of a busy process, and too short for a person who watches the log. */
const GATHER_MS = 10;
/** A pipe that several processes write to keeps a write of so many bytes whole (POSIX' PIPE_BUF, as Linux has it). */
const MOST_AT_ONCE = 4096;
/** Characters that JSON writes unescaped; others are legal in a path and rare. */
const PLAIN = /^[\w\-./:%~!$&'()*+,;=@]*$/;
/** pino's number of the level `info`. */
const INFO = 30;

/**
 * Writes the line that each request leaves in the log. The line is the one that pino would write, put together from the
 * few fields that it can have: pino's general way costs 12 µs a line through Nest's logger, and a write to the file for
 * nearly each of them, which is a third of the processor time of a cached read.
 */
export class AccessLines {
  private readonly isEnabled: boolean;
  private readonly bindings: string;
  private gathered = '';

  /**
   * @param sink the destination of the logger, which takes JSON lines; null when it takes something else, such as lines
   *   for people: those are left to the logger.
   */
  constructor(
    private readonly logger: Logger,
    private readonly sink: LineSink | null,
  ) {
    this.isEnabled = logger.isLevelEnabled('info');
    // pino's own two, which it does not name among its bindings, come first.
    const bindings = { pid: process.pid, hostname: hostname(), ...logger.bindings(), context: 'Http' };
    this.bindings = Object.entries(bindings)
      .map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`)
      .join('');
    if (sink !== null) process.once('exit', () => this.flush(sink));
  }

  write(line: AccessLine): void {
    if (!this.isEnabled) return;
    if (this.sink === null) this.writeByLogger(line);
    else this.gather(this.format(line), this.sink);
  }

  private format({ requestId, method, path, status, elapsedMs, isComplete }: AccessLine): string {
    const id = requestId === null ? 'null' : `"${requestId}"`;
    const quotedPath = PLAIN.test(path) ? `"${path}"` : JSON.stringify(path);
    const start = `{"level":${INFO},"time":${Date.now()}${this.bindings}`;
    const request = `"reqId":${id},"req":{"id":${id},"method":"${method}","path":${quotedPath}}`;
    const response = `"res":{"statusCode":${status}},"responseTime":${Math.round(elapsedMs)}`;
    return `${start},${request},${response},"msg":"${chooseMessage(isComplete)}"}\n`;
  }

  private writeByLogger({ requestId, method, path, status, elapsedMs, isComplete }: AccessLine): void {
    this.logger.info(
      {
        context: 'Http',
        reqId: requestId,
        req: { id: requestId, method, path },
        res: { statusCode: status },
        responseTime: Math.round(elapsedMs),
      },
      chooseMessage(isComplete),
    );
  }

  private gather(line: string, sink: LineSink): void {
    if (this.gathered.length + line.length > MOST_AT_ONCE) this.handOver(sink);
    if (this.gathered === '') setTimeout(() => this.handOver(sink), GATHER_MS);
    this.gathered += line;
  }

  private handOver(sink: LineSink): void {
    if (this.gathered === '') return;
    const lines = this.gathered;
    this.gathered = '';
    sink.write(lines);
  }

  /** When the process exits, no timer runs any more, and neither does a write in the background. */
  private flush(sink: LineSink): void {
    if (this.gathered === '') return;
    this.handOver(sink);
    sink.flushSync();
  }
}

function chooseMessage(isComplete: boolean): string {
  return isComplete ? 'request completed' : 'request aborted';
}
