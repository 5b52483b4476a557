import { clearLine, cursorTo } from 'node:readline';

const QUIET_MS = 1000;
/** The interval between lines where no terminal can rewrite the line. */
const LINES_MS = 10_000;
const REDRAW_MS = 200;

/** Shows progress on standard error, once the work has taken a second. */
export class Progress {
  private count = 0;
  private hasShown = false;
  private timer: NodeJS.Timeout;

  /**
   * @param label for example `executions read`
   * @param total null when it is unknown
   */
  constructor(
    private readonly label: string,
    private readonly total: number | null = null,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.timer = setTimeout(() => this.show(), QUIET_MS).unref();
  }

  add(count = 1): void {
    this.count += count;
  }

  /** Removes the line from the terminal. */
  done(): void {
    clearTimeout(this.timer);
    if (!this.hasShown || !this.stream.isTTY) return;
    clearLine(this.stream, 0);
    cursorTo(this.stream, 0);
  }

  private show(): void {
    const text = `${this.count}${this.total === null ? '' : ` of ${this.total}`} ${this.label}`;
    this.hasShown = true;
    if (this.stream.isTTY) {
      clearLine(this.stream, 0);
      cursorTo(this.stream, 0);
      this.stream.write(`${text} …`);
    } else {
      this.stream.write(`${text}\n`);
    }
    this.timer = setTimeout(() => this.show(), this.stream.isTTY ? REDRAW_MS : LINES_MS).unref();
  }
}
