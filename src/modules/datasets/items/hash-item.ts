import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../templating/index.js';

/** Names the hash format. A different format needs a different number. */
const ITEM_TAG = 'prompt-ledger/dataset-item/1';

/** The content of an item as it was sent. A null member counts as present. */
export interface ItemContent {
  readonly external_id?: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly expected?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
}

/** Returns the SHA-256 of `[tag, item]` as RFC 8785 JSON, with numbers as they were sent: 1.10 and 1.1 are two items. */
export function hashItem(content: ItemContent): Buffer {
  return createHash('sha256')
    .update(canonicalJson([ITEM_TAG, content]))
    .digest();
}
