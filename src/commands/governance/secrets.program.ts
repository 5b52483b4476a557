import type { Command } from 'commander';
import type { LedgerFlags } from '../terminal/connection.js';
import { examples } from '../terminal/examples.js';
import { withLedgerFlags } from '../terminal/flags.js';
import type { SetSecretFlags } from './secrets.command.js';

/** Commands for secrets: the project's own keys for providers. */
export function addSecrets(secrets: Command): void {
  withLedgerFlags(secrets.command('set <provider>'))
    .description('put a key for a provider, from a prompt that does not show it or from standard input')
    .option('--base-url <url>', 'a server of your own that speaks the API of the provider')
    .addHelpText(
      'after',
      examples('prompt-ledger secrets set openai', 'prompt-ledger secrets set openai < key.txt'),
    )
    .action(async (provider: string, flags: SetSecretFlags) => {
      const { setSecretCommand } = await import('./secrets.command.js');
      await setSecretCommand(provider, flags);
    });

  withLedgerFlags(secrets.command('list'))
    .description('list the providers for which the project has a key, with fingerprints')
    .addHelpText('after', examples('prompt-ledger secrets list'))
    .action(async (flags: LedgerFlags) => {
      const { listSecretsCommand } = await import('./secrets.command.js');
      await listSecretsCommand(flags);
    });

  withLedgerFlags(secrets.command('delete <provider>'))
    .description('delete the key for a provider; calls use the key of the operator again')
    .addHelpText('after', examples('prompt-ledger secrets delete openai'))
    .action(async (provider: string, flags: LedgerFlags) => {
      const { deleteSecretCommand } = await import('./secrets.command.js');
      await deleteSecretCommand(provider, flags);
    });
}
