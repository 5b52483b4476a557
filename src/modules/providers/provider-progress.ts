/**
 * The progress of a call. What was certainly not sent costs nothing, however the call ends; of a call that says nothing
 * here it is assumed that it may have been sent.
 */
export interface ProviderProgress {
  /** Nothing has been sent so far, and `sending` will be called before anything is. */
  waiting(): void;
  /** The request is about to be written to a connection that is open. */
  sending(): void;
}
