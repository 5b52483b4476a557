import { type Command, InvalidArgumentError } from 'commander';
import type { LedgerFlags } from '../terminal/connection.js';
import { examples } from '../terminal/examples.js';
import { collect, toNumber, withLedgerFlags } from '../terminal/flags.js';
import type { EvalGateFlags } from './eval.command.js';

const ID = '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10';

/** Commands for experiments, and for gates on them. */
export function addEval(program: Command): void {
  const evaluation = program.command('eval').description('run experiments, and gates on them');

  withReports(withLedgerFlags(evaluation.command('run <file>')))
    .description(
      'run the experiment of a YAML file and wait for it; with a gate: exits with 0 when it passes, 1 when the candidate is worse, 2 when that cannot be told',
    )
    .addHelpText('after', examples('prompt-ledger eval run evals/summaries.yaml --junit gate.xml'))
    .action(async (file: string, flags: LedgerFlags) => {
      const { evalRunCommand } = await import('./eval.command.js');
      process.exitCode = await evalRunCommand(file, flags);
    });

  withReports(withLedgerFlags(evaluation.command('gate <experiment>')))
    .description(
      'judge an experiment: exits with 0 when it passes, 1 when the candidate is worse, 2 when that cannot be told',
    )
    .requiredOption('--baseline <label>', 'the candidate that the other is measured against')
    .requiredOption('--candidate <label>', 'the candidate that is judged')
    .requiredOption(
      '--scorer <name>',
      'by which scorer; several times for several, which all must pass',
      collect,
    )
    .requiredOption('--max-drop <number>', 'how much lower the candidate may be; above 0', toMaxDrop)
    .option('--max-errors <number>', 'how many cells may have an error', toNumber, 0)
    .option('--baseline-experiment <id>', 'the experiment of the baseline; by default the same one')
    .option('--allow-versions', 'although the two were scored by different versions of the scorer')
    .addHelpText(
      'after',
      examples(`prompt-ledger eval gate ${ID} --baseline a --candidate b --scorer faithful --max-drop 0.03`),
    )
    .action(async (experimentId: string, flags: EvalGateFlags) => {
      const { evalGateCommand } = await import('./eval.command.js');
      process.exitCode = await evalGateCommand(experimentId, flags);
    });
}

function withReports(command: Command): Command {
  return command
    .option('--junit <file>', "write JUnit's XML there, for what shows tests")
    .option('--markdown <file>', 'write a comment for a pull request there');
}

function toMaxDrop(text: string): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}
