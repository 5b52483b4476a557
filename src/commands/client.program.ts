import type { Command } from 'commander';
import { newProgram } from './base.program.js';
import { addCodeCommands } from './code.program.js';
import { addLedgerCommands } from './ledger.program.js';
import { CliError } from './terminal/cli-error.js';

/** The commands that talk to a remote ledger. They load nothing of the service, and none of it is packed with them. */
export function buildClientProgram(): Command {
  const program = newProgram();
  addLedgerCommands(program);
  addCodeCommands(program);
  for (const name of ['start', 'worker', 'migrate', 'seed']) {
    program
      .command(name, { hidden: true })
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => {
        throw new CliError(`\`${name}\` comes with the service, which is a package of its own.`);
      });
  }
  return program;
}
