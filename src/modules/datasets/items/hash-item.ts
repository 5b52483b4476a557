import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../templating/index.js';

/** Names the way of hashing; another way takes another number. */
const ITEM_TAG = 'prompt-ledger/dataset-item/1';

/** The content of an item, as it was sent: a member that is null is present. */
export interface ItemContent {
  readonly external_id?: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly expected?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
}

/** SHA-256 of `[tag, item]` as RFC 8785 JSON, with numbers as they were sent: 1.10 and 1.1 are two items. */
export function hashItem(content: ItemContent): Buffer {
  return createHash('sha256')
    .update(canonicalJson([ITEM_TAG, content]))
    .digest();
}
