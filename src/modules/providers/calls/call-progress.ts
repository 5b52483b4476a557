import type { ProviderProgress } from '../provider-progress.js';

/** The progress of one call, as reported by its adapter. */
export class CallProgress implements ProviderProgress {
  private state: 'before' | 'unknown' | 'waiting' | 'sending' = 'before';

  /** Whether anything may have been sent. An adapter that reports nothing may have sent its request as soon as it was called. */
  get maybeSent(): boolean {
    return this.state === 'unknown' || this.state === 'sending';
  }

  /** Marks that the adapter is about to be called. */
  begin(): void {
    this.state = 'unknown';
  }

  waiting(): void {
    // Once sent, a request stays sent, whatever an adapter says afterwards.
    if (this.state !== 'sending') this.state = 'waiting';
  }

  sending(): void {
    this.state = 'sending';
  }
}
