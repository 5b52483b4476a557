import type { Command } from 'commander';
import type { AddServiceFlags } from './members.command.js';
import type { LedgerFlags } from '../terminal/connection.js';
import { examples } from '../terminal/examples.js';
import { withLedgerFlags } from '../terminal/flags.js';

const ID = '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10';

/** Commands for members: the users of the project, each with a role. */
export function addMembers(members: Command): void {
  withLedgerFlags(members.command('list'))
    .description('list the members of the project')
    .addHelpText('after', examples('prompt-ledger members list'))
    .action(async (flags: LedgerFlags) => {
      const { listMembersCommand } = await import('./members.command.js');
      await listMembersCommand(flags);
    });

  withLedgerFlags(members.command('add-service <name>'))
    .description('make a service account a member, and print its id')
    .requiredOption('-r, --role <role>', 'viewer, runner, editor, approver or admin')
    .addHelpText('after', examples('prompt-ledger members add-service nightly --role runner'))
    .action(async (name: string, flags: AddServiceFlags) => {
      const { addServiceCommand } = await import('./members.command.js');
      await addServiceCommand(name, flags);
    });

  withLedgerFlags(members.command('put <user_id> <role>'))
    .description('make a user a member, or change their role')
    .addHelpText('after', examples(`prompt-ledger members put ${ID} editor`))
    .action(async (userId: string, role: string, flags: LedgerFlags) => {
      const { putMemberCommand } = await import('./members.command.js');
      await putMemberCommand(userId, role, flags);
    });

  withLedgerFlags(members.command('remove <user_id>'))
    .description('take a member out of the project')
    .addHelpText('after', examples(`prompt-ledger members remove ${ID}`))
    .action(async (userId: string, flags: LedgerFlags) => {
      const { removeMemberCommand } = await import('./members.command.js');
      await removeMemberCommand(userId, flags);
    });
}
