import { principalOf } from '../audit/index.js';
import type { Caller } from '../auth/index.js';

/** What a change keeps of whoever closes it. */
export function closedBy(caller: Caller) {
  return { closedBy: principalOf(caller), closedByName: caller.actor, closedByKey: caller.keyId };
}
