import { clearScreenDown, moveCursor } from 'node:readline';
import type { CandidateScore, ExperimentDetail } from '../../../sdk/src/index.js';
import { oneLine, type TableCell, toTable } from '../terminal/output.js';

/** The interval between lines where no terminal can rewrite them. */
const LINES_MS = 10_000;

export const SUMMARY_HEAD = [
  'candidate',
  'scorer',
  'items',
  'mean',
  'pass rate',
  '95 % interval',
  'errors',
  'p95',
];

export function summaryRows(summary: readonly CandidateScore[]): TableCell[][] {
  return summary.map((row) => [
    row.candidate,
    `${row.scorer}@${row.scorer_version}`,
    row.n,
    row.mean === null ? null : Number(row.mean.toPrecision(4)),
    percent(row.pass_rate),
    row.pass_rate_interval === null ? null : row.pass_rate_interval.map(percent).join(' to '),
    row.errors,
    row.latency_ms.p95 === null ? null : `${Math.round(row.latency_ms.p95)} ms`,
  ]);
}

/** Shows the progress of an experiment: on a terminal as a table that is rewritten in place, elsewhere as occasional lines. */
export class ExperimentTable {
  private shownLines = 0;
  private nextLineMs = 0;

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  show(experiment: ExperimentDetail): void {
    if (this.stream.isTTY) this.draw(experiment);
    else if (Date.now() >= this.nextLineMs) {
      this.nextLineMs = Date.now() + LINES_MS;
      this.stream.write(`${progressLine(experiment)}\n`);
    }
  }

  /** Removes the table from the terminal. */
  clear(): void {
    if (!this.stream.isTTY || this.shownLines === 0) return;
    moveCursor(this.stream, 0, -this.shownLines);
    clearScreenDown(this.stream);
    this.shownLines = 0;
  }

  private draw(experiment: ExperimentDetail): void {
    this.clear();
    const table = toTable(SUMMARY_HEAD, summaryRows(experiment.summary), this.stream);
    const width = this.stream.columns;
    const lines = [progressLine(experiment), ...table.split('\n')].map((line) => line.slice(0, width));
    this.stream.write(`${lines.join('\n')}\n`);
    this.shownLines = lines.length;
  }
}

function progressLine({ name, status, progress, cost_usd: cost }: ExperimentDetail): string {
  const { cells, succeeded, failed, running } = progress;
  const money = cost === null ? '' : `, $${cost}`;
  return oneLine(
    `${name}: ${status}, ${succeeded + failed} of ${cells} cells, ${running} running, ${failed} failed${money}`,
  );
}

function percent(value: number | null): string | null {
  return value === null ? null : `${(value * 100).toFixed(1)} %`;
}
