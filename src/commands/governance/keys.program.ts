import type { Command } from 'commander';
import type { CreateKeyFlags, RotateKeyFlags } from './keys.command.js';
import type { LedgerFlags } from '../terminal/connection.js';
import { examples } from '../terminal/examples.js';
import { collect, toNumber, withLedgerFlags } from '../terminal/flags.js';

/** Adds the commands for API keys. */
export function addKeys(keys: Command): void {
  withLedgerFlags(keys.command('create <name>'))
    .description('make a key; it is shown once')
    .option('-s, --scope <scope>', 'what it may do; may be repeated', collect)
    .option('-r, --role <role>', 'what it may do, in one word: viewer, runner, editor, approver or admin')
    .option('--user <user_id>', 'the service account that it belongs to')
    .option('--expires <time>', 'from when on it is refused, such as 2027-12-31T23:59:59Z')
    .addHelpText(
      'after',
      examples(
        'prompt-ledger keys create ci --scope prompts:read --scope prompts:write',
        'prompt-ledger keys create checkout --role runner',
      ),
    )
    .action(async (name: string, flags: CreateKeyFlags) => {
      const { createKeyCommand } = await import('./keys.command.js');
      await createKeyCommand(name, flags);
    });

  withLedgerFlags(keys.command('list'))
    .description('list the keys of the project, revoked ones too')
    .addHelpText('after', examples('prompt-ledger keys list'))
    .action(async (flags: LedgerFlags) => {
      const { listKeysCommand } = await import('./keys.command.js');
      await listKeysCommand(flags);
    });

  withLedgerFlags(keys.command('rotate <key_id>'))
    .description('give a key a new secret; it is shown once')
    .option('--overlap <seconds>', 'how long the secret of now goes on working', toNumber, 86_400)
    .addHelpText(
      'after',
      examples('prompt-ledger keys rotate 019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10 --overlap 3600'),
    )
    .action(async (keyId: string, flags: RotateKeyFlags) => {
      const { rotateKeyCommand } = await import('./keys.command.js');
      await rotateKeyCommand(keyId, flags);
    });

  withLedgerFlags(keys.command('revoke <key_id>'))
    .description('revoke a key')
    .addHelpText('after', examples('prompt-ledger keys revoke 019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10'))
    .action(async (keyId: string, flags: LedgerFlags) => {
      const { revokeKeyCommand } = await import('./keys.command.js');
      await revokeKeyCommand(keyId, flags);
    });
}
