import { type Command, Option } from 'commander';
import { addRollouts } from './rollouts/rollouts.program.js';
import { addScorers } from './evaluation/scorers.program.js';
import { addGovernance } from './governance/changes.program.js';
import { addDatasets } from './datasets/datasets.program.js';
import { addEnvironments } from './governance/environments.program.js';
import { addEval } from './evaluation/eval.program.js';
import type { ExportExecutionsFlags, ListExecutionsFlags } from './executions/executions.command.js';
import { addKeys } from './governance/keys.program.js';
import { addOutcomes } from './evaluation/outcomes.program.js';
import { addMembers } from './governance/members.program.js';
import type { ListPromptsFlags, PutPromptFlags, ShowPromptFlags } from './prompts/prompts.command.js';
import { addSecrets } from './governance/secrets.program.js';
import { addRender, addRun } from './executions/run.program.js';
import { addModels } from './models/models.program.js';
import { addSuggestions } from './suggestions/suggestions.program.js';
import { addSnippets } from './snippets/snippets.program.js';
import { addTypes } from './types/types.program.js';
import type { LedgerFlags } from './terminal/connection.js';
import { examples } from './terminal/examples.js';
import { collect, toNumber, withLedgerFlags } from './terminal/flags.js';

/** Adds the commands for a running ledger: keys, prompts, runs, executions. */
export function addLedgerCommands(program: Command): void {
  addKeys(program.command('keys').description('make, list, rotate and revoke API keys'));
  addMembers(program.command('members').description('list, add and remove members of the project'));
  addSecrets(program.command('secrets').description('set, list and delete provider keys of the project'));
  const prompts = program.command('prompts').description('list, read, compare, render and change prompts');
  addPrompts(prompts);
  addRender(prompts, 'prompt-ledger prompts');
  addPromptChanges(prompts);
  addRender(program, 'prompt-ledger');
  addRun(program);
  addSnippets(program.command('snippets').description('list, read, change and delete shared texts'));
  addSuggestions(
    program.command('suggestions').description('what to change about a prompt next: list, dismiss and apply'),
  );
  addTypes(program);
  addGovernance(program);
  addEnvironments(program);
  addEval(program);
  addDatasets(program.command('dataset').description('import, export and list datasets'));
  addModels(program.command('models').description('list, allow and take away models'));
  addScorers(program);
  addOutcomes(program.command('outcome').description('record and list what became of executions'));
  addRollouts(program.command('rollout').description('start, watch, end and verify rollouts'));
  addExecutions(program.command('executions').description('list, read, export and erase executions'));
}

/** Adds the flags that choose the prompts of a command. */
export function withPromptFilters(command: Command): Command {
  return command
    .addOption(new Option('--mode <mode>', 'only prompts in this mode').choices(['full', 'tracking']))
    .option('--tag <tag>', 'only prompts with this tag')
    .option('--team <team>', 'only prompts of this team')
    .option('--prefix <text>', 'only prompts whose names begin so')
    .option('--search <words>', 'only prompts with these words in name, description or text');
}

function addPrompts(prompts: Command): void {
  withPromptFilters(withLedgerFlags(prompts.command('list')))
    .description('list prompts')
    .addOption(
      new Option('--sort <order>', 'by name, or the last changed first')
        .choices(['name', 'changed'])
        .default('name'),
    )
    .addHelpText(
      'after',
      examples(
        'prompt-ledger prompts list --tag docs',
        'prompt-ledger prompts list --sort changed',
        'prompt-ledger prompts list --json',
      ),
    )
    .action(async (flags: ListPromptsFlags & { readonly sort: 'name' | 'changed' }) => {
      const { listPromptsCommand } = await import('./prompts/prompts.command.js');
      await listPromptsCommand(flags);
    });

  withLedgerFlags(prompts.command('show <name>'))
    .description('show a prompt, its versions and its text')
    .option('--version <number>', 'one version of it', toNumber)
    .addHelpText(
      'after',
      examples(
        'prompt-ledger prompts show team/welcome',
        'prompt-ledger prompts show team/welcome --version 2',
      ),
    )
    .action(async (name: string, flags: ShowPromptFlags) => {
      const { showPromptCommand } = await import('./prompts/prompts.command.js');
      await showPromptCommand(name, flags);
    });

  withLedgerFlags(prompts.command('diff <name>'))
    .description('show what changed between two versions; exits with 1 when they differ')
    .argument('<from>', 'number of a version', toNumber)
    .argument('<to>', 'number of a version', toNumber)
    .addHelpText('after', examples('prompt-ledger prompts diff team/welcome 1 2'))
    .action(async (name: string, from: number, to: number, flags: LedgerFlags) => {
      const { diffPromptCommand } = await import('./prompts/prompts.command.js');
      process.exitCode = await diffPromptCommand(name, from, to, flags);
    });

  withLedgerFlags(prompts.command('put <name>'))
    .description('create or update a prompt, and make the text its active version')
    .option('--text <text>', 'the text')
    .option('--file <file>', 'a file with the text, front matter allowed; - is standard input')
    .option('--no-activate', 'leave the active version as it is')
    .option('--description <text>', 'what it is for')
    .option('--team <team>', 'who answers for it')
    .option('--tag <tag>', 'a word to find it by; may be repeated', collect)
    .option('--by <name>', 'who made this text')
    .option('--message <text>', 'why it changed')
    .addHelpText(
      'after',
      examples(
        "prompt-ledger prompts put welcome --text 'Hello {{name}}!'",
        'prompt-ledger prompts put team/order --file order.prompt.md --by martin',
      ),
    )
    .action(async (name: string, flags: PutPromptFlags) => {
      const { putPromptCommand } = await import('./prompts/prompts.command.js');
      await putPromptCommand(name, flags);
    });
}

function addPromptChanges(prompts: Command): void {
  withLedgerFlags(prompts.command('activate <name>'))
    .description('make a version the active one')
    .argument('<version>', 'number of the version', toNumber)
    .addHelpText('after', examples('prompt-ledger prompts activate team/welcome 1'))
    .action(async (name: string, version: number, flags: LedgerFlags) => {
      const { activatePromptCommand } = await import('./prompts/prompt-changes.command.js');
      await activatePromptCommand(name, version, flags);
    });

  withLedgerFlags(prompts.command('delete <name>'))
    .description('delete a prompt; its versions and executions stay readable by id')
    .addHelpText('after', examples('prompt-ledger prompts delete team/welcome'))
    .action(async (name: string, flags: LedgerFlags) => {
      const { deletePromptCommand } = await import('./prompts/prompt-changes.command.js');
      await deletePromptCommand(name, flags);
    });

  withLedgerFlags(prompts.command('retire <name...>'))
    .description('retire tracked prompts that the code no longer has; registering one restores it')
    .addHelpText('after', examples('prompt-ledger prompts retire shop/OLD_MAIL'))
    .action(async (names: string[], flags: LedgerFlags) => {
      const { retirePromptsCommand } = await import('./prompts/prompt-changes.command.js');
      await retirePromptsCommand(names, flags);
    });
}

function addExecutions(executions: Command): void {
  withLedgerFlags(executions.command('show <execution_id>'))
    .description(
      'show where an execution came from: prompt, version, commit and line, variables, calls, answer',
    )
    .addHelpText('after', examples('prompt-ledger executions show 019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10'))
    .action(async (executionId: string, flags: LedgerFlags) => {
      const { showExecutionCommand } = await import('./executions/executions.command.js');
      await showExecutionCommand(executionId, flags);
    });

  withLedgerFlags(executions.command('erase <execution_id>'))
    .description('erase the content of an execution for ever; its facts and costs stay')
    .addHelpText('after', examples('prompt-ledger executions erase 019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10'))
    .action(async (executionId: string, flags: LedgerFlags) => {
      const { eraseExecutionCommand } = await import('./executions/executions.command.js');
      await eraseExecutionCommand(executionId, flags);
    });

  withExecutionFilters(withLedgerFlags(executions.command('list')))
    .description('list executions, newest first')
    .option('--limit <number>', 'at most this many, up to 200', toNumber, 20)
    .addHelpText(
      'after',
      examples('prompt-ledger executions list --prompt welcome --status failed --since 24h'),
    )
    .action(async (flags: ListExecutionsFlags) => {
      const { listExecutionsCommand } = await import('./executions/executions.command.js');
      await listExecutionsCommand(flags);
    });

  withExecutionFilters(withLedgerFlags(executions.command('export')))
    .description('write executions as JSON lines, newest first')
    .option('--out <file>', 'a file instead of standard output')
    .option('--content', 'with variables, prompts, answers and attempts: a request for each')
    .addHelpText(
      'after',
      examples(
        'prompt-ledger executions export --since 7d --out week.jsonl',
        'prompt-ledger executions export --prompt welcome --content | jq .response_text',
      ),
    )
    .action(async (flags: ExportExecutionsFlags) => {
      const { exportExecutionsCommand } = await import('./executions/executions.command.js');
      await exportExecutionsCommand(flags);
    });
}

function withExecutionFilters(command: Command): Command {
  const statuses = ['queued', 'running', 'succeeded', 'failed', 'canceled'];
  return command
    .option('--prompt <name>', 'only of this prompt')
    .addOption(new Option('--status <status>', 'only with this status').choices(statuses))
    .option('--environment <label>', 'only with this label')
    .option('--correlation-id <id>', 'only with this id of yours')
    .option('--metadata <key=value>', 'only with this fact of yours; repeated: with all of them', collect)
    .option('--rollout <rollout_id>', 'only of this rollout')
    .addOption(
      new Option('--arm <arm>', 'only of this arm of it; it needs --rollout').choices([
        'control',
        'candidate',
      ]),
    )
    .option('--since <time>', 'only later ones: 2026-11-24, 2026-11-24T10:00:00Z, 24h, 7d')
    .option('--until <time>', 'only earlier ones');
}
