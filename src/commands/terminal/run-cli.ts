import { type Command, CommanderError } from 'commander';
import { EXIT } from './cli-error.js';
import { describeFailure } from './describe-failure.js';
import { coloursFor, printable } from './output.js';

/** Parses the arguments and runs the command. Sets `process.exitCode`. */
export async function runCli(program: Command): Promise<void> {
  // A reader such as `head` has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.OK);
    throw error;
  });
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = await tell(error);
  }
}

async function tell(error: unknown): Promise<number> {
  // Commander has already printed the error in the arguments, or the requested help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.OK : EXIT.CANNOT_TELL;
  const failure = describeFailure(error);
  if (failure === null) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return EXIT.CANNOT_TELL;
  }
  process.stderr.write(`${coloursFor(process.stderr).red('error:')} ${printable(failure.message)}\n`);
  return failure.exitCode;
}
