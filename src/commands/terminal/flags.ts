import { type Command, InvalidArgumentError } from 'commander';

/** Adds the flags of every command that talks to the ledger. */
export function withLedgerFlags(command: Command): Command {
  return command
    .option('--url <url>', 'where the ledger is (PROMPT_LEDGER_URL, http://localhost:8000)')
    .option('--key <key>', 'your key; better in PROMPT_LEDGER_API_KEY, which other users cannot see')
    .option('--project <name>', 'the project to act in, with the key of the instance (PROMPT_LEDGER_PROJECT)')
    .option('--json', 'one JSON document, for programs');
}

/** Collects the values of an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

export function toNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
