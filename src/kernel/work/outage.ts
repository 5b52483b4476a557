/** The two levels that an outage is logged on; Nest's logger fits. */
export interface OutageLogger {
  log(message: string): void;
  warn(message: string): void;
}

/** Logs once that something went down and once that it is back, so that a dead Redis does not write a line per request. */
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
