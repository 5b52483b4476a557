import { ApiError, randomId, setIdleTimer, toJsonText, waitBefore } from '../core/index.js';
import type { RecordResult } from '../wire/index.js';
import { keepAtExit } from './exit-hooks.js';

export type DropReason =
  /** The queue is full. */
  | 'queue_full'
  /** The entry is not JSON or exceeds the size limit of a call. */
  | 'not_sendable'
  /** The ledger rejected the entry: unknown version, a missing variable, no permission … */
  | 'rejected'
  /** The process ended or the client was closed before the ledger was reachable. */
  | 'closed';

/** One execution that was not recorded. */
export interface DroppedExecution {
  readonly reason: DropReason;
  readonly promptName: string;
  /** The ledger's code, if it gave one. */
  readonly code: string | null;
  readonly detail: string;
}

export interface TrackingStats {
  /** Recorded in the ledger. */
  readonly recorded: number;
  /** Waiting or being sent. */
  readonly queued: number;
  readonly dropped: number;
}

export interface RecorderOptions {
  /** Called for each execution that is lost from the record. */
  readonly onDropped?: ((dropped: DroppedExecution) => void) | undefined;
  /** Milliseconds during which executions gather before they are sent. Default 1,000. */
  readonly flushIntervalMs?: number | undefined;
  /** The most executions that may wait. Default 10,000. */
  readonly maxQueued?: number | undefined;
  /** The most UTF-16 units of JSON that may wait. Default 16 Mi. */
  readonly maxQueuedChars?: number | undefined;
}

/** Sends a body `{"executions":[…]}` from entries that are already JSON. */
export type SendRecords = (entries: readonly string[], idempotencyKey: string) => Promise<RecordResult>;

interface Entry {
  readonly promptName: string;
  readonly json: string;
}

interface Batch {
  readonly entries: readonly Entry[];
  /** Stays the same while the batch does, so that it is recorded once. */
  readonly key: string;
}

/** The limit on the wire. */
const MAX_ENTRIES = 100;
/** The limit of a body is 16 MiB, and a UTF-16 unit takes at most three bytes. */
const MAX_BATCH_CHARS = 5 * 1024 * 1024;

/** Reports executions in the background, one batch at a time. Repeats each batch until the ledger accepts or rejects it. */
export class Recorder {
  private readonly queue: Entry[] = [];
  private queuedChars = 0;
  /** Batches that were built and are not settled. */
  private readonly batches: Batch[] = [];
  private recorded = 0;
  private dropped = 0;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private sending: Promise<void> | null = null;
  private isClosed = false;
  private release: (() => void) | null = null;

  constructor(
    private readonly send: SendRecords,
    private readonly options: RecorderOptions = {},
  ) {}

  get stats(): TrackingStats {
    return { recorded: this.recorded, queued: this.pending, dropped: this.dropped };
  }

  get pending(): number {
    return this.batches.reduce((sum, { entries }) => sum + entries.length, this.queue.length);
  }

  /** Queues an entry or counts it as dropped. Never throws or waits. The entry may change afterwards. */
  add(promptName: string, entry: unknown): void {
    const json = toJson(entry);
    const isTooLarge = json.text !== null && json.text.length > MAX_BATCH_CHARS;
    if (json.text === null || isTooLarge) {
      const detail = json.text === null ? json.reason : 'It is too large for one call.';
      return this.drop({ reason: 'not_sendable', promptName, code: null, detail });
    }
    if (this.isClosed)
      return this.drop({ reason: 'closed', promptName, code: null, detail: 'The client is closed.' });
    const { maxQueued = 10_000, maxQueuedChars = 16 * 1024 * 1024 } = this.options;
    if (this.pending >= maxQueued || this.queuedChars + json.text.length > maxQueuedChars) {
      const detail = 'More executions are waiting than may be kept.';
      return this.drop({ reason: 'queue_full', promptName, code: null, detail });
    }
    this.release ??= keepAtExit(this);
    this.queue.push({ promptName, json: json.text });
    this.queuedChars += json.text.length;
    if (this.queue.length >= MAX_ENTRIES && this.failures === 0) void this.flush();
    else this.schedule(this.options.flushIntervalMs ?? 1_000);
  }

  /** Sends everything that waits. Resolves when it is settled or the ledger is unreachable; never rejects. */
  flush(): Promise<void> {
    this.cancelTimer();
    this.sending ??= this.sendAll().finally(() => {
      this.sending = null;
      if (this.pending > 0 && !this.isClosed) this.schedule(this.nextTryMs());
    });
    return this.sending;
  }

  /** Flushes, and drops the entries that the ledger did not receive. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.flush();
    this.abandon();
  }

  /** Drops all waiting entries. */
  abandon(): void {
    this.cancelTimer();
    const left = [...this.batches.splice(0).flatMap(({ entries }) => entries), ...this.queue.splice(0)];
    this.queuedChars = 0;
    for (const { promptName } of left) {
      const detail = 'It could not be sent before the end.';
      this.drop({ reason: 'closed', promptName, code: null, detail });
    }
    this.release?.();
    this.release = null;
  }

  private async sendAll(): Promise<void> {
    for (let batch = this.nextBatch(); batch !== undefined; batch = this.nextBatch()) {
      const isSettled = await this.sendBatch(batch);
      if (!isSettled) return;
    }
  }

  private nextBatch(): Batch | undefined {
    if (this.batches.length === 0 && this.queue.length > 0) this.makeBatch();
    return this.batches[0];
  }

  private makeBatch(): void {
    let chars = 0;
    let count = 0;
    for (const { json } of this.queue) {
      if (count === MAX_ENTRIES || (count > 0 && chars + json.length > MAX_BATCH_CHARS)) break;
      chars += json.length;
      count += 1;
    }
    this.batches.push({ entries: this.queue.splice(0, count), key: randomId() });
  }

  /** @returns false when the batch must be sent again later. */
  private async sendBatch(batch: Batch): Promise<boolean> {
    const { entries, key } = batch;
    let result: RecordResult;
    try {
      const jsons = entries.map(({ json }) => json);
      result = await this.send(jsons, key);
    } catch (error) {
      const isVerdict = isVerdictOf(error);
      this.failures = isVerdict ? 0 : this.failures + 1;
      if (isVerdict && this.settle(batch)) this.refused(entries, error);
      return isVerdict;
    }
    this.failures = 0;
    if (!this.settle(batch)) return true;
    this.recorded += result.recorded.length;
    for (const { index, code, detail } of result.rejected) this.reject(entries[index], code, detail);
    return true;
  }

  /** @returns false when the batch is gone because everything was abandoned while it was being sent. */
  private settle(batch: Batch): boolean {
    const index = this.batches.indexOf(batch);
    if (index === -1) return false;
    this.batches.splice(index, 1);
    this.queuedChars -= countChars(batch.entries);
    return true;
  }

  /** Handles a refusal of the whole call, because of some of its entries or all of them together. */
  private refused(entries: readonly Entry[], error: ApiError): void {
    const guilty = findGuilty(entries.length, error);
    for (const index of guilty) this.reject(entries[index], error.code, error.message);
    const rest = entries.filter((_, index) => !guilty.has(index));
    // If the answer does not name the entry at fault, halves the batch until that entry is alone.
    const middle = guilty.size > 0 ? rest.length : Math.ceil(rest.length / 2);
    for (const part of [rest.slice(middle), rest.slice(0, middle)]) {
      if (part.length === 0) continue;
      this.batches.unshift({ entries: part, key: randomId() });
      this.queuedChars += countChars(part);
    }
  }

  private reject(entry: Entry | undefined, code: string, detail: string): void {
    this.drop({ reason: 'rejected', promptName: entry?.promptName ?? '', code, detail });
  }

  /** Counts the loss and calls the callback. */
  drop(dropped: DroppedExecution): void {
    this.dropped += 1;
    try {
      this.options.onDropped?.(dropped);
    } catch {
      // An error of the callback must not reach the tracked code.
    }
  }

  private schedule(ms: number): void {
    this.timer ??= setIdleTimer(() => void this.flush(), ms);
  }

  private cancelTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private nextTryMs(): number {
    if (this.failures === 0) return this.options.flushIntervalMs ?? 1_000;
    return 4 * waitBefore(this.failures, null);
  }
}

/** Returns the JSON, or why there is none, such as a variable that is a bigint. */
function toJson(
  value: unknown,
): { readonly text: string } | { readonly text: null; readonly reason: string } {
  try {
    return { text: storableJson(toJsonText(value)) };
  } catch (error) {
    return { text: null, reason: describeReason(error) };
  }
}

function describeReason(error: unknown): string {
  return error instanceof Error ? error.message : 'It is not JSON.';
}

/** Matches each escape of a JSON text: a pair of surrogates, any other `\\u`, or a short one. */
const ESCAPE = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|.)/g;
/** Matches the escapes of NUL and of lone surrogates, for which the ledger would refuse the whole entry. */
const UNSTORABLE_ESCAPE = /^\\u(?:0000|[dD][89a-fA-F][\da-fA-F]{2})$/;
const LONE_SURROGATE = /[\ud800-\udfff]/gu;

/** Replaces these with U+FFFD wherever they occur: in an answer, in a variable, in a name that was cut within a character. */
function storableJson(json: string): string {
  const text = json.includes('\\u')
    ? json.replace(ESCAPE, (escape) => (UNSTORABLE_ESCAPE.test(escape) ? '\\ufffd' : escape))
    : json;
  return text.replace(LONE_SURROGATE, '\ufffd');
}

function countChars(entries: readonly Entry[]): number {
  return entries.reduce((sum, { json }) => sum + json.length, 0);
}

/** Whether the ledger has decided; any other error is worth a retry. */
function isVerdictOf(error: unknown): error is ApiError {
  if (!(error instanceof ApiError) || error.code === 'IDEMPOTENCY_IN_FLIGHT') return false;
  return error.status < 500 && error.status !== 408 && error.status !== 429;
}

/** Returns the indexes of the entries that a refusal is about; none when it does not say. */
function findGuilty(length: number, error: ApiError): Set<number> {
  const isAboutEntries = error.status === 400 || error.status === 413;
  if (!isAboutEntries || length === 1) return new Set(Array.from({ length }, (_, index) => index));
  const pointers = (error.problem?.errors ?? []).map(({ pointer }) => pointer);
  const indexes = pointers.map((pointer) => Number(/^\/executions\/(\d+)(?:\/|$)/.exec(pointer)?.[1] ?? NaN));
  return new Set(indexes.filter((index) => index < length));
}
