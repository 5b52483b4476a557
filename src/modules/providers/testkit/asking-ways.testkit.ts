import type { CompletionObserver } from '../calls/complete.js';

/** The two ways to ask a provider. One without `complete()` streams both times, and the second time nobody reads along. */
export const ASKING_WAYS: readonly (readonly [string, CompletionObserver | undefined])[] = [
  ['piece by piece', () => undefined],
  ['as a whole', undefined],
];
