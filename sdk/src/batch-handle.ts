import type { LedgerClient } from './ledger-client.js';
import { isFinal, waitUntilFinal, type WaitOptions } from './wait.js';
import type { Batch, Execution, ExecutionSummary, SubmittedBatch } from './wire/index.js';

export interface BatchResult {
  /** The position of the entry, counted from 0. */
  readonly index: number;
  readonly execution: Execution;
}

/** The largest page size. */
const PAGE = 200;
/** How long a poll waits for one execution before it checks the others. */
const POLL_MS = 2_000;
/** The number of contents fetched at once. */
const FETCHED_AT_ONCE = 8;

/** A submitted batch. Iterating over it yields results as they complete. */
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

  /** Returns the progress of the batch. */
  status(): Promise<Batch> {
    return this.client.batches.get(this.id);
  }

  /** Cancels entries that were not sent to a provider yet. */
  cancel(): Promise<Batch> {
    return this.client.batches.cancel(this.id);
  }

  [Symbol.asyncIterator](): AsyncGenerator<BatchResult, void, undefined> {
    return this.results();
  }

  /**
   * Yields every result in order of completion, whatever its status.
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

  /** Waits until that execution is final, but only for a while, because others may finish first. */
  private async pause(executionId: string, endsAtMs: number, { signal }: WaitOptions): Promise<void> {
    const leftMs = endsAtMs - Date.now();
    // Near the time limit, this wait throws the error.
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
