import type { Key, Role, Scope } from '../../../sdk/src/index.js';
import { CliError } from '../terminal/cli-error.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { note, print, printJson, printTable } from '../terminal/output.js';

export interface CreateKeyFlags extends LedgerFlags {
  readonly scope?: readonly string[];
  readonly role?: string;
  readonly user?: string;
  readonly expires?: string;
}

export interface RotateKeyFlags extends LedgerFlags {
  /** In seconds. */
  readonly overlap: number;
}

export async function createKeyCommand(name: string, flags: CreateKeyFlags): Promise<void> {
  if (flags.scope === undefined && flags.role === undefined) {
    throw new CliError('Say what the key may do: with --scope, which may be repeated, or with --role.');
  }
  const ledger = await connect(flags);
  const key = await ledger.keys.create({
    name,
    // The ledger validates scopes and roles, and its error lists the known ones.
    scopes: (flags.scope ?? null) as readonly Scope[] | null,
    role: (flags.role ?? null) as Role | null,
    user_id: flags.user ?? null,
    expires_at: flags.expires ?? null,
  });
  if (flags.json === true) return printJson(key);
  note(`Key "${key.name}", id ${key.key_id}. It is shown this once:`);
  await print(key.key);
}

export async function listKeysCommand(flags: LedgerFlags): Promise<void> {
  const { keys } = await (await connect(flags)).keys.list();
  if (flags.json === true) return printJson(keys);
  await printTable(
    ['id', 'name', 'may', 'state', 'last used'],
    keys.map((key) => [
      key.key_id,
      key.name,
      key.role ?? key.scopes.join(' '),
      describeState(key),
      key.last_used_at,
    ]),
  );
}

export async function rotateKeyCommand(keyId: string, flags: RotateKeyFlags): Promise<void> {
  const key = await (await connect(flags)).keys.rotate(keyId, { overlap_s: flags.overlap });
  if (flags.json === true) return printJson(key);
  const until = key.previous_until === null ? 'no more' : `until ${key.previous_until}`;
  note(
    `Key "${key.name}", id ${key.key_id}, with a new secret; the one before works ${until}. It is shown this once:`,
  );
  await print(key.key);
}

export async function revokeKeyCommand(keyId: string, flags: LedgerFlags): Promise<void> {
  await (await connect(flags)).keys.revoke(keyId);
  if (flags.json === true) return printJson({ revoked: keyId });
  await print(`Key ${keyId} is revoked; within 5 seconds it is refused everywhere.`);
}

function describeState({ revoked_at: revokedAt, expires_at: expiresAt }: Key): string {
  if (revokedAt !== null) return 'revoked';
  return expiresAt === null ? 'valid' : `until ${expiresAt}`;
}
