import type { Content } from './content.js';

export interface GetPromptOptions<F extends Content = Content> {
  /** Default: the one that runs in the environment. */
  readonly version?: number | undefined;
  /** Default: that of the ledger, else `default`, whose version is the active one. */
  readonly environment?: string | undefined;
  /** Seconds for which a cached prompt is used without asking. After that it is refreshed in the background. Default 60; 0: always ask first. */
  readonly cacheTtlSeconds?: number | undefined;
  /**
   * An older entry, as after the process was frozen, is served only once the ledger was asked again, which waits 3 seconds
   * at most. Default 600, or twice `cacheTtlSeconds` where that is more.
   */
  readonly cacheMaxAgeSeconds?: number | undefined;
  /** The content to use when it is in no cache and the ledger cannot be reached. */
  readonly fallback?: F | undefined;
}
