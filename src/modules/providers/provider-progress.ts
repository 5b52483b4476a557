/**
 * The progress of a call. A request that was certainly not sent costs nothing, however the call ends. Without a report it may have been
 * sent.
 */
export interface ProviderProgress {
  /** Nothing has been sent yet, and `sending` will be called before anything is. */
  waiting(): void;
  /** The request is about to be written to an open connection. */
  sending(): void;
}
