import { connect, type LedgerFlags } from '../terminal/connection.js';
import { print, printJson, printTable } from '../terminal/output.js';
import { readSecret } from '../terminal/read-secret.js';

export interface SetSecretFlags extends LedgerFlags {
  readonly baseUrl?: string;
}

export async function listSecretsCommand(flags: LedgerFlags): Promise<void> {
  const { secrets } = await (await connect(flags)).secrets.list();
  if (flags.json === true) return printJson(secrets);
  await printTable(
    ['provider', 'fingerprint', 'sent to', 'put at'],
    secrets.map((secret) => [
      secret.provider,
      secret.fingerprint,
      secret.base_url ?? secret.host,
      secret.updated_at,
    ]),
  );
}

export async function setSecretCommand(provider: string, flags: SetSecretFlags): Promise<void> {
  const ledger = await connect(flags);
  const api_key = await readSecret(`Key for ${provider} (it is not shown): `);
  const base_url = flags.baseUrl ?? null;
  const secret = await ledger.secrets.put(provider, { api_key, base_url });
  if (flags.json === true) return printJson(secret);
  await print(
    `Key ${secret.fingerprint} is set for ${secret.provider}; within 5 seconds every process calls ${secret.host} with it.`,
  );
}

export async function deleteSecretCommand(provider: string, flags: LedgerFlags): Promise<void> {
  await (await connect(flags)).secrets.delete(provider);
  if (flags.json === true) return printJson({ deleted: provider });
  await print(`The project no longer has its own key for ${provider}.`);
}
