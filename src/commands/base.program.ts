import { Command } from 'commander';
import { readPackageVersion } from './terminal/package-version.js';

/** The program without its commands. */
export function newProgram(): Command {
  return new Command('prompt-ledger')
    .description('Versions, runs and tracks prompts. Each command has its own --help, with examples.')
    .version(readPackageVersion())
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(add --help to see the options)')
    .addHelpText('after', ENVIRONMENT);
}

const ENVIRONMENT = `
Environment:
  PROMPT_LEDGER_URL      where the ledger is (http://localhost:8000)
  PROMPT_LEDGER_API_KEY  your key; on this machine the default one will do
  NO_COLOR               no colours

Exit codes: 0 yes, 1 the answer is no, 2 it cannot be told (usage, connection, permission).`;
