import {
  type ExecuteContentRequest,
  type ExecuteRequest,
  type ExecutionResult,
  type ExecutionStream,
} from '@prompt-ledger/client';
import { useCallback, useRef, useSyncExternalStore } from 'react';
import { ledger } from '../../../api/ledger';

/** The last or current run of a variant. */
export interface Run {
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  /** The text that has arrived so far. */
  readonly text: string;
  readonly executionId: string | null;
  /** Milliseconds from sending to the first piece, as measured here; null before. */
  readonly firstPieceMs: number | null;
  readonly result: ExecutionResult | null;
  readonly error: unknown;
  /** The variables of the run, for a dataset. */
  readonly variables: Readonly<Record<string, unknown>>;
}

export type RunRequest = ExecuteRequest | ExecuteContentRequest;

/** The time limit for the head of a stream. Afterwards only a silent connection ends a run from here. */
const HEAD_MS = 120_000;
/** Pieces that arrive close together are shown together. */
const SHOW_MS = 40;

/** Keeps the runs outside React, so that they continue while another screen is open. */
class RunStore {
  private readonly runs = new Map<string, Run>();
  private readonly streams = new Map<string, ExecutionStream>();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get(id: string): Run | null {
    return this.runs.get(id) ?? null;
  }

  /** Stops the variant's current run, if there is one. */
  start(id: string, request: RunRequest): void {
    this.streams.get(id)?.abort();
    const stream = ledger.executions.stream(request, { timeoutMs: HEAD_MS });
    this.streams.set(id, stream);
    this.runs.set(id, {
      state: 'running',
      text: '',
      executionId: null,
      firstPieceMs: null,
      result: null,
      error: null,
      variables: request.variables ?? {},
    });
    this.tell();
    void this.follow(id, stream);
  }

  stop(id: string): void {
    this.streams.get(id)?.abort();
  }

  /** Records an error that happened before anything was sent. */
  fail(id: string, error: unknown): void {
    this.streams.get(id)?.abort();
    this.runs.set(id, {
      state: 'failed',
      text: '',
      executionId: null,
      firstPieceMs: null,
      result: null,
      error,
      variables: {},
    });
    this.tell();
  }

  private async follow(id: string, stream: ExecutionStream): Promise<void> {
    const beganAt = performance.now();
    const change = (members: Partial<Run>) => {
      const run = this.runs.get(id);
      if (run !== undefined && this.streams.get(id) === stream) this.runs.set(id, { ...run, ...members });
    };
    let text = '';
    let firstPieceMs: number | null = null;
    try {
      for await (const delta of stream) {
        firstPieceMs ??= performance.now() - beganAt;
        text += delta.text;
        change({ text, firstPieceMs, executionId: stream.executionId });
        this.tellSoon();
      }
      const result = await stream.final();
      change({
        state: 'done',
        text: result.response_text ?? text,
        result,
        executionId: result.execution_id,
      });
    } catch (error) {
      const isStopped = error instanceof DOMException && error.name === 'AbortError';
      change({
        state: isStopped ? 'stopped' : 'failed',
        error,
        executionId: stream.executionId ?? idOf(error),
      });
    }
    this.tell();
  }

  private tellSoon(): void {
    this.timer ??= setTimeout(() => this.tell(), SHOW_MS);
  }

  private tell(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    for (const listener of this.listeners) listener();
  }
}

function idOf(error: unknown): string | null {
  const { executionId } = (error ?? {}) as { executionId?: unknown };
  return typeof executionId === 'string' ? executionId : null;
}

export const runStore = new RunStore();

/** Returns the last run of a variant; null when there was none. */
export function useRun(id: string): Run | null {
  return useSyncExternalStore(
    runStore.subscribe,
    useCallback(() => runStore.get(id), [id]),
  );
}

/** Returns the runs of several variants, in order. The list changes only when one of them does. */
export function useRuns(variants: readonly { readonly id: string }[]): readonly (Run | null)[] {
  const cache = useRef<readonly (Run | null)[]>([]);
  return useSyncExternalStore(runStore.subscribe, () => {
    const next = variants.map(({ id }) => runStore.get(id));
    const isSame = next.length === cache.current.length && next.every((run, at) => run === cache.current[at]);
    if (!isSame) cache.current = next;
    return cache.current;
  });
}

export function useAnyRunning(variants: readonly { readonly id: string }[]): boolean {
  return useSyncExternalStore(runStore.subscribe, () =>
    variants.some(({ id }) => runStore.get(id)?.state === 'running'),
  );
}
