/** The two levels that an outage is told on; a logger of Nest will do. */
export interface OutageLogger {
  log(message: string): void;
  warn(message: string): void;
}

/** Says once that something went down and once that it is back: a dead Redis must not write a line per request. */
export class Outage {
  private isDown = false;

  constructor(
    private readonly logger: OutageLogger,
    private readonly what: string,
  ) {}

  begin(error: unknown): void {
    if (this.isDown) return;
    this.isDown = true;
    this.logger.warn(`${this.what} is down: ${error instanceof Error ? error.message : String(error)}`);
  }

  end(): void {
    if (!this.isDown) return;
    this.isDown = false;
    this.logger.log(`${this.what} is back`);
  }
}
