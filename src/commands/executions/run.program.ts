import type { Command } from 'commander';
import type { RenderFlags } from './render.command.js';
import type { RunFlags, SubmitFlags } from './run.command.js';
import { examples } from '../terminal/examples.js';
import { collect, toNumber, withLedgerFlags } from '../terminal/flags.js';

/** Adds the commands that send a prompt to a model. */
export function addRun(program: Command): void {
  withExecutionFlags(withLedgerFlags(program.command('run <name>')))
    .description('run a prompt and print the answer; exits with 1 when it failed')
    .option('--stream', 'print the answer as it comes')
    .option('--raw', 'the answer as the model sent it, with what a terminal would act on')
    .addHelpText(
      'after',
      examples(
        'prompt-ledger run doc_summarizer --var text=@report.txt --model openai/gpt-4o-mini',
        'prompt-ledger run welcome --var name=Ada --var \'user:={"age": 36}\' --param temperature=0.2 --json',
      ),
    )
    .action(async (name: string, flags: RunFlags) => {
      const { runCommand } = await import('./run.command.js');
      await runCommand(name, flags);
    });

  withExecutionFlags(withLedgerFlags(program.command('submit <name>')))
    .description('queue an execution and print its id')
    .option('--callback-url <url>', 'where its end is told')
    .addHelpText(
      'after',
      examples(
        'prompt-ledger submit doc_summarizer --var text=@report.txt',
        'prompt-ledger executions show "$(prompt-ledger submit welcome --var name=Ada)"',
      ),
    )
    .action(async (name: string, flags: SubmitFlags) => {
      const { submitCommand } = await import('./run.command.js');
      await submitCommand(name, flags);
    });
}

/** @param parent the name of the parent command, for the examples */
export function addRender(program: Command, parent: string): void {
  withVariables(withLedgerFlags(program.command('render <name>')))
    .description('print a prompt as a provider would get it, without calling one')
    .option('--version <number>', 'a version other than the active one', toNumber)
    .addHelpText('after', examples(`${parent} render welcome --var name=Ada`))
    .action(async (name: string, flags: RenderFlags) => {
      const { renderCommand } = await import('./render.command.js');
      await renderCommand(name, flags);
    });
}

function withVariables(command: Command): Command {
  return command
    .option('--var <name=value>', 'a variable; =@file reads a file, =@- standard input, :=json JSON', collect)
    .option('--vars-file <file>', 'a JSON object of variables; - is standard input');
}

function withExecutionFlags(command: Command): Command {
  return withVariables(command)
    .option('--model <provider/model>', "the model; without it the ledger's default")
    .option('--route <name>', 'a route instead of a model')
    .option('--param <name=value>', 'such as temperature=0.2; may be repeated', collect)
    .option('--version <number>', 'a version other than the active one', toNumber)
    .option('--environment <label>', 'such as prod')
    .option('--correlation-id <id>', 'an id of your own')
    .option('--metadata <key=value>', 'a fact of your own, to find it by; may be repeated', collect)
    .option('--timeout <ms>', 'for the whole call; of a submit, for each attempt', toNumber);
}
