import {
  type ExecuteContentRequest,
  type ExecuteRequest,
  type ExecutionResult,
  type ExecutionStream,
} from '@prompt-ledger/client';
import { useCallback, useRef, useSyncExternalStore } from 'react';
import { ledger } from '../../../api/ledger';

/** The last run of a variant, or the one that is under way. */
export interface Run {
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  /** The text that has come so far. */
  readonly text: string;
  readonly executionId: string | null;
  /** Milliseconds from sending to the first piece, as they passed here; null before. */
  readonly firstPieceMs: number | null;
  readonly result: ExecutionResult | null;
  readonly error: unknown;
  /** The variables that it was run with, for a dataset. */
  readonly variables: Readonly<Record<string, unknown>>;
}

export type RunRequest = ExecuteRequest | ExecuteContentRequest;

/** A run takes as long as the service lets it; a silence of the connection is something else. */
const HEAD_MS = 120_000;
/** Pieces that come close together are shown together. */
const SHOW_MS = 40;

/** Keeps the runs outside of React: they go on while another screen is open. */
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

  /** A run that goes is stopped for this one. */
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

  /** Something was wrong before anything was sent. */
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

/** The last run of a variant; null where there was none. */
export function useRun(id: string): Run | null {
  return useSyncExternalStore(
    runStore.subscribe,
    useCallback(() => runStore.get(id), [id]),
  );
}

/** The runs of several, in their order. A new list only when one of them changed. */
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
