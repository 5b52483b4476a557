/** The bounds of one run of a scorer's code. All but the last are counted, so that the same code has the same verdict everywhere. */
export const SANDBOX = {
  memoryBytes: 64 * 1024 * 1024,
  /** The engine's memory at its start. */
  initialBytes: 16 * 1024 * 1024,
  /** The bound for calls inside of calls. The stack of the WebAssembly module is larger. */
  stackBytes: 256 * 1024,
  /** The engine asks once in about ten thousand instructions whether it is to go on: twenty million are under a second. */
  interrupts: 2000,
  /** The time of a core for work that the engine does not count, such as one call that fills a gigabyte: then the thread is ended. */
  workMs: 5000,
  explanationChars: 10_000,
  labelChars: 100,
} as const;
