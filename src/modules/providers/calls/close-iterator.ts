import type { ProviderEvent } from '../provider.contract.js';

/** Callers must not await this: `return()` of a generator that hangs in an `await` never settles. */
export async function closeIterator(iterator: AsyncIterator<ProviderEvent> | null): Promise<void> {
  try {
    await iterator?.return?.();
  } catch {
    // The outcome of the call is settled, and a failed clean-up cannot change it.
  }
}
