/** Work that should be sent before the process ends. */
export interface Pending {
  readonly pending: number;
  flush(): Promise<void>;
  abandon(): void;
}

type Listener = () => void;

/** The part of Node's `process` that is used; browsers have none. */
interface ProcessLike {
  readonly pid: number;
  on(event: 'beforeExit', listener: Listener): void;
  prependListener(event: 'SIGTERM', listener: Listener): void;
  off(event: 'beforeExit' | 'SIGTERM', listener: Listener): void;
  listeners(event: 'SIGTERM'): readonly unknown[];
  kill(pid: number, signal: 'SIGTERM'): void;
}

/** How long a flush may take after SIGTERM; orchestrators kill after ten seconds or more. */
const SIGTERM_GRACE_MS = 3_000;
/** Marks our listeners, even those of another copy of this module, so that they are not mistaken for the user's. */
const OURS = Symbol.for('prompt-ledger.client.sigterm');

const kept = new Set<Pending>();
/** Those that a `beforeExit` could not empty; at the next one they are given up. */
const tried = new WeakSet<Pending>();

/**
 * Flushes at `beforeExit` and at SIGTERM. SIGTERM still ends the process when no one else listens to it.
 * @returns a function that removes the hooks.
 */
export function keepAtExit(pending: Pending): () => void {
  const process = findProcess();
  if (process === null) return () => {};
  if (kept.size === 0) {
    process.on('beforeExit', beforeExit);
    // Listens first, to see the other listeners before a `once` listener has removed itself.
    process.prependListener('SIGTERM', onSigterm);
  }
  kept.add(pending);
  return () => {
    kept.delete(pending);
    if (kept.size > 0) return;
    process.off('beforeExit', beforeExit);
    process.off('SIGTERM', onSigterm);
  };
}

/** Node emits the event again after the flush, because the flush was work. */
function beforeExit(): void {
  for (const pending of [...kept]) {
    if (pending.pending === 0) tried.delete(pending);
    else if (tried.has(pending)) pending.abandon();
    else {
      tried.add(pending);
      void pending.flush();
    }
  }
}

const onSigterm: Listener & { [OURS]?: true } = () => {
  const process = findProcess();
  if (process === null) return;
  const isHandled = process.listeners('SIGTERM').some((listener) => !isOurs(listener));
  const timeUp = new Promise((resolve) => {
    setTimeout(resolve, SIGTERM_GRACE_MS).unref();
  });
  const flushed = Promise.all([...kept].map((pending) => pending.flush()));
  if (isHandled) return;
  void Promise.race([flushed, timeUp]).then(() => {
    for (const pending of [...kept]) pending.abandon();
    process.off('SIGTERM', onSigterm);
    if (!process.listeners('SIGTERM').some(isOurs)) process.kill(process.pid, 'SIGTERM');
  });
};
onSigterm[OURS] = true;

function isOurs(listener: unknown): boolean {
  return typeof listener === 'function' && OURS in listener;
}

function findProcess(): ProcessLike | null {
  const { process } = globalThis as { process?: Partial<ProcessLike> };
  return typeof process?.on === 'function' && typeof process.prependListener === 'function'
    ? (process as ProcessLike)
    : null;
}
