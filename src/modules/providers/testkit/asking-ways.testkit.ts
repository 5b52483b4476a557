import type { CompletionObserver } from '../calls/complete.js';

/** The two ways to ask a provider. One without `complete()` streams both times, the second time without an observer. */
export const ASKING_WAYS: readonly (readonly [string, CompletionObserver | undefined])[] = [
  ['piece by piece', () => undefined],
  ['as a whole', undefined],
];
