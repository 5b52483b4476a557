import type { Command } from 'commander';
import type { LedgerFlags } from '../terminal/connection.js';
import { examples } from '../terminal/examples.js';
import { withLedgerFlags } from '../terminal/flags.js';

const ID = '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10';

/** What the ledger decided about a rollout, checked on this machine. */
export function addRollouts(rollout: Command): void {
  withLedgerFlags(rollout.command('verify <rollout>'))
    .description(
      'compute every look at a rollout again, from its exposures and values; exits with 1 when one differs, and 2 when that cannot be told',
    )
    .addHelpText('after', examples(`prompt-ledger rollout verify ${ID}`))
    .action(async (rolloutId: string, flags: LedgerFlags) => {
      const { verifyRolloutCommand } = await import('./verify-rollout.command.js');
      const { untilTold } = await import('../terminal/until-told.js');
      process.exitCode = await untilTold(() => verifyRolloutCommand(rolloutId, flags));
    });
}
