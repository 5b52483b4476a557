import type { Key, Scope } from '../../sdk/src/index.js';
import { connect, type LedgerFlags } from './terminal/connection.js';
import { note, print, printJson, printTable } from './terminal/output.js';

export interface CreateKeyFlags extends LedgerFlags {
  readonly scope: readonly string[];
  readonly expires?: string;
}

export async function createKeyCommand(name: string, flags: CreateKeyFlags): Promise<void> {
  const ledger = await connect(flags);
  // The ledger knows its scopes, and says which there are.
  const scopes = flags.scope as readonly Scope[];
  const key = await ledger.keys.create({ name, scopes, expires_at: flags.expires ?? null });
  if (flags.json === true) return printJson(key);
  note(`Key "${key.name}", id ${key.key_id}. It is shown this once:`);
  await print(key.key);
}

export async function listKeysCommand(flags: LedgerFlags): Promise<void> {
  const { keys } = await (await connect(flags)).keys.list();
  if (flags.json === true) return printJson(keys);
  await printTable(
    ['id', 'name', 'scopes', 'state', 'last used'],
    keys.map((key) => [key.key_id, key.name, key.scopes.join(' '), stateOf(key), key.last_used_at]),
  );
}

export async function revokeKeyCommand(keyId: string, flags: LedgerFlags): Promise<void> {
  await (await connect(flags)).keys.revoke(keyId);
  if (flags.json === true) return printJson({ revoked: keyId });
  await print(`Key ${keyId} is revoked; within 5 seconds it is refused everywhere.`);
}

function stateOf({ revoked_at: revokedAt, expires_at: expiresAt }: Key): string {
  if (revokedAt !== null) return 'revoked';
  return expiresAt === null ? 'valid' : `until ${expiresAt}`;
}
