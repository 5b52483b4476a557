/** The bounds of one run of a scorer's code. All but `workMs` are counts, so that the same code gets the same verdict everywhere. */
export const SANDBOX = {
  memoryBytes: 64 * 1024 * 1024,
  /** The engine's initial memory. */
  initialBytes: 16 * 1024 * 1024,
  /** Maximum stack for nested calls. The stack of the WebAssembly module is larger. */
  stackBytes: 256 * 1024,
  /** The engine asks about every ten thousand instructions whether to continue. Twenty million take less than a second. */
  interrupts: 2000,
  /** Processor time for work that the engine does not count, such as one call that fills a gigabyte. After it the thread is ended. */
  workMs: 5000,
  explanationChars: 10_000,
  labelChars: 100,
} as const;
