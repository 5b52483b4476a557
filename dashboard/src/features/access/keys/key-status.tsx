import type { Key } from '@prompt-ledger/client';
import { Chip } from '../../../ui/chip';

export function hasExpired({ expires_at: at }: Key): boolean {
  return at !== null && Date.parse(at) <= Date.now();
}

/** Whether a key works, and whether its former secret still does. */
export function KeyStatus({ apiKey }: { readonly apiKey: Key }) {
  if (apiKey.revoked_at !== null) return <Chip tone="bad">revoked</Chip>;
  if (hasExpired(apiKey)) return <Chip tone="warn">expired</Chip>;
  if (apiKey.previous_until !== null && Date.parse(apiKey.previous_until) > Date.now())
    return <Chip tone="info">two secrets</Chip>;
  return <Chip tone="good">works</Chip>;
}
