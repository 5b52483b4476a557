import { toPrincipal } from '../audit/index.js';
import type { Caller } from '../auth/index.js';

/** Returns the columns about the caller who closes a change. */
export function closedBy(caller: Caller) {
  return { closedBy: toPrincipal(caller), closedByName: caller.name, closedByKey: caller.keyId };
}
