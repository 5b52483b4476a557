import { ConfigurationError } from '../infra/config/index.js';
import { EmbeddedPostgresError } from '../infra/database/embedded/index.js';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** Time for closing connections and stopping the embedded server, on top of the grace for calls. */
export const CLOSING_MS = 10_000;

type ErrorClass = new (...args: never[]) => Error;

/** Errors whose message is meant for the operator and printed as one sentence, without a stack. */
const SENTENCES: ErrorClass[] = [ConfigurationError, EmbeddedPostgresError];

/** Adds an error class from a module that not every process loads. */
export function printAsSentence(error: ErrorClass): void {
  SENTENCES.push(error);
}

/** Runs the start of a process. If it fails, prints why and exits with 1. */
export function runProcess(start: () => Promise<void>): void {
  start().catch((error: unknown) => {
    process.stderr.write(`${describe(error)}\n`);
    process.exit(1);
  });
}

/** npm forwards a Ctrl-C that the terminal has already sent, so one key press can arrive twice. */
const SAME_SIGNAL_MS = 500;

/**
 * Stops in order at the first Ctrl-C or SIGTERM and exits with 0; a second one ends the process at once. Nest's own shutdown hooks would
 * raise the signal again before the embedded server has stopped.
 */
export function stopOnSignal(graceMs: number, stop: () => Promise<void>): void {
  let stoppingSinceMs: number | null = null;
  const onSignal = () => {
    if (stoppingSinceMs !== null) {
      if (performance.now() - stoppingSinceMs > SAME_SIGNAL_MS) process.exit(130);
      return;
    }
    stoppingSinceMs = performance.now();
    setTimeout(() => process.exit(1), graceMs + CLOSING_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${describe(error)}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
}

/** Returns the error's message if it is meant for the operator, otherwise null. */
export function toSentence(error: unknown): string | null {
  return SENTENCES.some((known) => error instanceof known) ? (error as Error).message : null;
}

function describe(error: unknown): string {
  return toSentence(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}
