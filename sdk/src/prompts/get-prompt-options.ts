import type { Content } from './content.js';

export interface GetPromptOptions<F extends Content = Content> {
  /** Default: the version that runs in the environment. */
  readonly version?: number | undefined;
  /** Default: the client's environment, or `default`, whose version is the active one. */
  readonly environment?: string | undefined;
  /** Seconds before a cached prompt is refreshed in the background. Default 60; 0 always asks first. */
  readonly cacheTtlSeconds?: number | undefined;
  /**
   * An entry older than this (as after the process was frozen) is served only after asking the ledger, which waits at most 3 seconds.
   * Default 600, or twice `cacheTtlSeconds` if that is more.
   */
  readonly cacheMaxAgeSeconds?: number | undefined;
  /** The content to use when no cache has the prompt and the ledger is unreachable. */
  readonly fallback?: F | undefined;
}
