import { type Command, Option } from 'commander';
import type { LedgerFlags } from '../terminal/connection.js';
import { examples } from '../terminal/examples.js';
import { toNumber, withLedgerFlags } from '../terminal/flags.js';
import type {
  ActOnRolloutFlags,
  ListRolloutsFlags,
  RolloutVerb,
  StartRolloutFlags,
} from './rollouts.command.js';

const ID = '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10';

const STATUSES = ['draft', 'running', 'paused', 'completed', 'rolled_back', 'stopped'];

const VERBS: readonly (readonly [name: string, verb: RolloutVerb, description: string])[] = [
  ['pause', 'pause', 'give everybody the control until it is resumed'],
  ['resume', 'resume', 'go on in the step in which it was paused'],
  ['stop', 'stop', 'give everybody the control again, without a verdict'],
  [
    'roll-back',
    'rollBack',
    'give everybody the control again, and write down that the candidate was rolled back',
  ],
];

/** Commands to start, watch and end a new version for a share of the units, and to check the ledger's decisions on this machine. */
export function addRollouts(rollout: Command): void {
  addStart(rollout);
  addReads(rollout);
  for (const [name, verb, description] of VERBS) addVerb(rollout, name, verb, description);
  addVerify(rollout);
}

function addStart(rollout: Command): void {
  withLedgerFlags(rollout.command('start <file>'))
    .description(
      'start the rollout of a YAML or JSON file, or the draft of an id, and print its id alone; in a protected environment open a change that does',
    )
    .option('--draft', 'only make it')
    .option('--reason <text>', 'why')
    .addHelpText(
      'after',
      examples('prompt-ledger rollout start rollouts/summaries.yaml', `prompt-ledger rollout start ${ID}`),
    )
    .action(async (which: string, flags: StartRolloutFlags) => {
      const { startRolloutCommand } = await import('./rollouts.command.js');
      await startRolloutCommand(which, flags);
    });
}

function addReads(rollout: Command): void {
  withLedgerFlags(rollout.command('status <rollout>'))
    .description('show what a rollout has shown so far, with a chart of the bounds of its primary metric')
    .addHelpText('after', examples(`prompt-ledger rollout status ${ID}`))
    .action(async (rolloutId: string, flags: LedgerFlags) => {
      const { rolloutStatusCommand } = await import('./rollouts.command.js');
      await rolloutStatusCommand(rolloutId, flags);
    });

  withLedgerFlags(rollout.command('list'))
    .description('list rollouts, newest first')
    .addOption(new Option('--status <status>', 'only with this status').choices(STATUSES))
    .option('--prompt <name>', 'only of this prompt')
    .option('--environment <name>', 'only in this environment')
    .option('--limit <number>', 'at most this many, up to 200', toNumber, 20)
    .addHelpText('after', examples('prompt-ledger rollout list --status running'))
    .action(async (flags: ListRolloutsFlags) => {
      const { listRolloutsCommand } = await import('./rollouts.command.js');
      await listRolloutsCommand(flags);
    });
}

function addVerb(rollout: Command, name: string, verb: RolloutVerb, description: string): void {
  withLedgerFlags(rollout.command(`${name} <rollout>`))
    .description(description)
    .option('--reason <text>', 'why')
    .addHelpText('after', examples(`prompt-ledger rollout ${name} ${ID} --reason 'As agreed'`))
    .action(async (rolloutId: string, flags: ActOnRolloutFlags) => {
      const { actOnRolloutCommand } = await import('./rollouts.command.js');
      await actOnRolloutCommand(verb, rolloutId, flags);
    });
}

function addVerify(rollout: Command): void {
  withLedgerFlags(rollout.command('verify <rollout>'))
    .description(
      'compute every look at a rollout again, from its exposures and values; exits with 1 when one differs or is missing, and 2 when that cannot be told',
    )
    .addHelpText('after', examples(`prompt-ledger rollout verify ${ID}`))
    .action(async (rolloutId: string, flags: LedgerFlags) => {
      const { verifyRolloutCommand } = await import('./verify-rollout.command.js');
      const { untilTold } = await import('../terminal/until-told.js');
      process.exitCode = await untilTold(() => verifyRolloutCommand(rolloutId, flags));
    });
}
