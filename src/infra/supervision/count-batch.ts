import type { CountRequest } from './messages.js';
import { type Count, type Counters, MINUTE_MS } from './minute-counters.js';

/** Counts in the order of the requests. `giveBack` has no count, so its result is an empty minute. */
export async function countBatch(counters: Counters, requests: readonly CountRequest[]): Promise<Count[]> {
  return Promise.all(requests.map((request) => countOne(counters, request)));
}

async function countOne(counters: Counters, [action, id, points]: CountRequest): Promise<Count> {
  if (action === 'read') return counters.read(id);
  if (action === 'add') return counters.add(id, points);
  await counters.giveBack(id, points);
  return { used: 0, resetMs: MINUTE_MS };
}
