import type { LedgerClient } from './ledger-client.js';
import { isFinal, waitUntilFinal, type WaitOptions } from './wait.js';
import type { Batch, Execution, ExecutionSummary, SubmittedBatch } from './wire/index.js';

export interface BatchResult {
  /** The position of its entry, counted from 0. */
  readonly index: number;
  readonly execution: Execution;
}

/** The largest page there is. */
const PAGE = 200;
/** So long a poll waits for one execution before it looks at how the others are. */
const POLL_MS = 2_000;
/** Contents are fetched this many at a time. */
const FETCHED_AT_ONCE = 8;

/** A batch that was submitted. Iterating over it gives the results as they come. */
export class BatchHandle implements AsyncIterable<BatchResult> {
  readonly id: string;
  /** In the order of the entries. */
  readonly executionIds: readonly string[];

  constructor(
    private readonly client: LedgerClient,
    { batch_id: id, execution_ids: executionIds }: SubmittedBatch,
  ) {
    this.id = id;
    this.executionIds = executionIds;
  }

  /** Returns its progress. */
  status(): Promise<Batch> {
    return this.client.batches.get(this.id);
  }

  /** Cancels what was not sent to a provider yet. */
  cancel(): Promise<Batch> {
    return this.client.batches.cancel(this.id);
  }

  [Symbol.asyncIterator](): AsyncGenerator<BatchResult, void, undefined> {
    return this.results();
  }

  /**
   * Every result, however it ended, in the order of completion.
   * @throws TimeoutError when the time is up
   */
  async *results(options: WaitOptions = {}): AsyncGenerator<BatchResult, void, undefined> {
    const indexes = new Map(this.executionIds.map((id, index) => [id, index]));
    const endsAtMs = Date.now() + (options.timeoutMs ?? Infinity);
    while (indexes.size > 0) {
      const finished = (await this.summaries(options)).filter(
        ({ execution_id: id, status }) => isFinal(status) && indexes.has(id),
      );
      for (const execution of inChunks(finished.sort(byCompletion), FETCHED_AT_ONCE)) {
        const fetched = await Promise.all(
          execution.map(({ execution_id: id }) => this.client.executions.get(id, { signal: options.signal })),
        );
        for (const execution of fetched) {
          const index = indexes.get(execution.execution_id) ?? 0;
          indexes.delete(execution.execution_id);
          yield { index, execution };
        }
      }
      const [next] = indexes.keys();
      if (next !== undefined) await this.pause(next, endsAtMs, options);
    }
  }

  private summaries({ signal }: WaitOptions): Promise<ExecutionSummary[]> {
    return this.client.executions.list({ batch_id: this.id, limit: PAGE }, { signal }).all();
  }

  /** Until that one is final, or for a while: others may be before it. */
  private async pause(executionId: string, endsAtMs: number, { signal }: WaitOptions): Promise<void> {
    const leftMs = endsAtMs - Date.now();
    // Beyond the end of the time, the wait throws what has to be said.
    if (leftMs <= POLL_MS)
      await waitUntilFinal(this.client.executions, executionId, { timeoutMs: leftMs, signal });
    else await this.client.executions.get(executionId, { waitMs: POLL_MS, signal });
  }
}

function byCompletion(one: ExecutionSummary, other: ExecutionSummary): number {
  return (one.completed_at ?? '').localeCompare(other.completed_at ?? '');
}

function* inChunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
