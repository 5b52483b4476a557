/** `@prompt-ledger/client`. The README.md beside the sources explains how to use it. */
export { BatchHandle, type BatchResult } from './batch-handle.js';
export type { Registration } from './registration/code-registration.js';
export type { CodeRegistry } from './registration/code-registry.js';
export type { Content, Rendered } from './prompts/content.js';
export * from './core/errors.js';
export { Pages, VERSION } from './core/index.js';
export type {
  Answer,
  ApiPromise,
  CallOptions,
  ConnectionOptions,
  Cursor,
  Fetch,
  Sent,
  StreamCallOptions,
} from './core/index.js';
export type { ExecutionStream } from './streams/execution-stream.js';
export { LedgerClient } from './ledger-client.js';
export type * from './options.js';
export type * from './prompts/get-prompt-options.js';
export type { RegisterOptions } from './registration/code-registration.js';
export type { ChatPrompt, LedgerPrompt, TextPrompt } from './prompts/prompt.js';
export { PromptLedger } from './prompt-ledger.js';
export type { VariablesIn, Variables } from './prompts/template-variables.js';
export type { Extracted } from './tracking/extract.js';
export type { DroppedExecution, DropReason, RecorderOptions, TrackingStats } from './tracking/recorder.js';
export type { TrackContext } from './tracking/tracker.js';
export type { WaitOptions } from './wait.js';
export type * from './wire/index.js';
