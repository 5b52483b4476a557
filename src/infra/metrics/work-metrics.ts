import { type CounterSeries, counterFamily, type HistogramSeries, histogramFamily } from './metric-family.js';

export const JOURNALS = ['begin', 'call', 'end'] as const;
export type JournalName = (typeof JOURNALS)[number];

/** Seconds. A commit on a good disk takes one or two milliseconds. */
const COMMIT_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];

/** The series of one journal, which calls it for each batch. */
export class JournalMetrics {
  constructor(
    private readonly rows: CounterSeries,
    private readonly waited: CounterSeries,
    private readonly commits: HistogramSeries,
  ) {}

  /** @param waitedMs how long the batch's first entry waited for the batch to be sent. */
  committed(rows: number, waitedMs: number, commitMs: number): void {
    this.rows.value += rows;
    this.waited.value += waitedMs / 1000;
    this.commits.observe(commitMs / 1000);
  }
}

/** Counts a process's work on the queue and the record. */
export class WorkMetrics {
  readonly claims = counterFamily({
    name: 'prompt_ledger_claims_total',
    help: 'Looks for work, whether there was some or not.',
  });
  readonly claimed = counterFamily({
    name: 'prompt_ledger_claimed_executions_total',
    help: 'Executions that were claimed.',
  });
  readonly swept = counterFamily({
    name: 'prompt_ledger_swept_executions_total',
    help: 'Executions whose process did not report back within its lease, by what became of them.',
    labelNames: ['result'],
  });
  readonly erased = counterFamily({
    name: 'prompt_ledger_erased_contents_total',
    help: 'Executions whose content was erased, because somebody asked for it or because its days were over.',
    labelNames: ['by'],
  });
  readonly dropped = counterFamily({
    name: 'prompt_ledger_dropped_partitions_total',
    help: 'Weekly partitions of content that were dropped, because their days were over in every project.',
  });
  readonly journalRows = counterFamily({
    name: 'prompt_ledger_journal_rows_total',
    help: 'Entries that journals have committed.',
    labelNames: ['journal'],
  });
  readonly journalWaits = counterFamily({
    name: 'prompt_ledger_journal_wait_seconds_total',
    help: 'Time that the first entry of each batch waited for the batch to be sent.',
    labelNames: ['journal'],
  });
  readonly journalCommits = histogramFamily({
    name: 'prompt_ledger_journal_commit_seconds',
    help: 'Time from sending a batch to its commit, retries included; its count is that of the batches.',
    labelNames: ['journal'],
    bounds: COMMIT_BOUNDS,
  });
  readonly looks = this.claims.with();
  readonly taken = this.claimed.with();
  readonly sweptAs = { queued: this.swept.with('queued'), failed: this.swept.with('failed') };
  readonly erasedBy = { request: this.erased.with('request'), age: this.erased.with('age') };
  readonly droppedPartitions = this.dropped.with();
  readonly journals = Object.fromEntries(
    JOURNALS.map((name) => [
      name,
      new JournalMetrics(
        this.journalRows.with(name),
        this.journalWaits.with(name),
        this.journalCommits.with(name),
      ),
    ]),
  ) as Record<JournalName, JournalMetrics>;
}
