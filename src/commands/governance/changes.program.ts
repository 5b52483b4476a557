import { type Command, Option } from 'commander';
import type { AuditFlags } from './audit.command.js';
import type {
  ApplyChangeFlags,
  ChangeVerb,
  DecideFlags,
  ListChangesFlags,
  PromoteFlags,
} from './changes.command.js';
import type { LedgerFlags } from '../terminal/connection.js';
import { examples } from '../terminal/examples.js';
import { toNumber, withLedgerFlags } from '../terminal/flags.js';

const ID = '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10';
const STATUSES = ['open', 'approved', 'applied', 'rejected', 'withdrawn', 'stale', 'expired'];

const VERBS: readonly (readonly [ChangeVerb, string])[] = [
  ['approve', 'approve a change that somebody else opened, or close the review of an emergency'],
  ['reject', 'reject a change'],
  ['withdraw', 'withdraw a change that you opened'],
];

/** Adds the commands that bring versions into protected environments, and those that show who changed what. */
export function addGovernance(program: Command): void {
  addPromote(program);
  addChanges(
    program.command('changes').description('list, read and apply changes of protected environments'),
  );
  for (const [verb, description] of VERBS) addVerb(program, verb, description);
  addAudit(program);
}

function addPromote(program: Command): void {
  withLedgerFlags(program.command('promote <name>'))
    .description(
      'bring a version of a prompt to an environment; a protected one gets a change, whose id is printed alone',
    )
    .requiredOption('--to <environment>', 'the environment')
    .option('--version <number>', 'the version; by default the active one', toNumber)
    .option('--reason <text>', 'why')
    .addHelpText('after', examples("prompt-ledger promote welcome --to prod --version 2 --reason 'Shorter'"))
    .action(async (name: string, flags: PromoteFlags) => {
      const { promoteCommand } = await import('./changes.command.js');
      await promoteCommand(name, flags);
    });
}

function addChanges(changes: Command): void {
  withLedgerFlags(changes.command('list'))
    .description('list changes, newest first')
    .addOption(new Option('--status <status>', 'only with this status').choices(STATUSES))
    .option('--prompt <name>', 'only of this prompt')
    .option('--environment <name>', 'only for this environment')
    .option('--limit <number>', 'at most this many, up to 200', toNumber, 20)
    .addHelpText('after', examples('prompt-ledger changes list --status open --environment prod'))
    .action(async (flags: ListChangesFlags) => {
      const { listChangesCommand } = await import('./changes.command.js');
      await listChangesCommand(flags);
    });

  withLedgerFlags(changes.command('show <change_id>'))
    .description('show what a change changes, and who runs the prompt there')
    .addHelpText('after', examples(`prompt-ledger changes show ${ID}`))
    .action(async (changeId: string, flags: LedgerFlags) => {
      const { showChangeCommand } = await import('./changes.command.js');
      await showChangeCommand(changeId, flags);
    });

  withLedgerFlags(changes.command('apply <change_id>'))
    .description('apply a change that has its approvals')
    .option('--comment <text>', 'what you have to say about it')
    .option(
      '--emergency',
      'apply it without its approvals: for admins, announced to everybody, reviewed afterwards',
    )
    .option('--reason <text>', 'why it cannot wait, with --emergency')
    .addHelpText(
      'after',
      examples(
        `prompt-ledger changes apply ${ID}`,
        `prompt-ledger changes apply ${ID} --emergency --reason 'It insults customers'`,
      ),
    )
    .action(async (changeId: string, flags: ApplyChangeFlags) => {
      const { applyChangeCommand } = await import('./changes.command.js');
      await applyChangeCommand(changeId, flags);
    });
}

function addVerb(program: Command, verb: ChangeVerb, description: string): void {
  withLedgerFlags(program.command(`${verb} <change_id>`))
    .description(description)
    .option('--comment <text>', 'what you have to say about it')
    .addHelpText('after', examples(`prompt-ledger ${verb} ${ID} --comment 'Read it'`))
    .action(async (changeId: string, flags: DecideFlags) => {
      const { decideChangeCommand } = await import('./changes.command.js');
      await decideChangeCommand(verb, changeId, flags);
    });
}

function addAudit(program: Command): void {
  withLedgerFlags(program.command('audit'))
    .description('show who changed what, newest first')
    .option('--actor <actor>', 'only by this one: a name, or the id of a user or key')
    .option('--action <action>', 'only this, such as prompt.put')
    .option('--subject <subject>', 'only of this: type/name, such as prompt/welcome, or an id')
    .option('--since <time>', 'only later ones: 2026-11-24, 2026-11-24T10:00:00Z, 24h, 7d')
    .option('--until <time>', 'only earlier ones')
    .option('--limit <number>', 'at most this many, up to 200', toNumber, 20)
    .option('--export', 'all that fit, as JSON lines')
    .addHelpText(
      'after',
      examples('prompt-ledger audit --subject prompt/welcome', 'prompt-ledger audit --since 7d --export'),
    )
    .action(async (flags: AuditFlags) => {
      const { auditCommand } = await import('./audit.command.js');
      await auditCommand(flags);
    });
}
