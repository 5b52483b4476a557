import { getMessage } from '../../kernel/index.js';
import { CliError, EXIT, type ExitCode } from './cli-error.js';
import { describeFailure } from './describe-failure.js';

/** Wraps commands whose exit code 1 is a verdict: anything that prevents a verdict, including a refusal by the ledger, is a 2. */
export async function untilTold(work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    throw new CliError(describeFailure(error)?.message ?? getMessage(error), EXIT.CANNOT_TELL);
  }
}
