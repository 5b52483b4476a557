import type { ProviderProgress } from '../provider-progress.js';

/** The progress of one call, as far as its adapter tells. */
export class CallProgress implements ProviderProgress {
  private state: 'before' | 'unknown' | 'waiting' | 'sending' = 'before';

  /** Whether anything may have left. An adapter that says nothing may have sent its request as soon as it was called. */
  get maybeSent(): boolean {
    return this.state === 'unknown' || this.state === 'sending';
  }

  /** The adapter is about to be called. */
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
