import { CliError } from '../terminal/cli-error.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { formatCount } from '../terminal/format-count.js';
import { print, printJson, printTable } from '../terminal/output.js';

export interface RecordOutcomeFlags extends LedgerFlags {
  readonly execution?: string;
  readonly correlationId?: string;
}

export async function recordOutcomeCommand(
  metric: string,
  value: number | boolean,
  flags: RecordOutcomeFlags,
): Promise<void> {
  const { execution, correlationId } = flags;
  if ((execution === undefined) === (correlationId === undefined)) {
    throw new CliError('Name either --execution or --correlation-id.');
  }
  const target = execution === undefined ? { correlation_id: correlationId } : { execution_id: execution };
  const result = await (await connect(flags)).outcomes.record({ ...target, metric, value });
  if (flags.json === true) return printJson(result);
  const { outcomes } = result;
  const recorded = outcomes.filter((outcome) => outcome.recorded).length;
  const before = outcomes.length - recorded;
  if (recorded > 0) await print(`${result.metric} recorded for ${formatCount(recorded, 'execution')}.`);
  if (before > 0) {
    await print(`${formatCount(before, 'execution')} had a value before, which stays: the first counts.`);
  }
}

export interface ListOutcomesFlags extends LedgerFlags {
  readonly execution?: string;
  readonly metric?: string;
  readonly limit: number;
}

export async function listOutcomesCommand(flags: ListOutcomesFlags): Promise<void> {
  const { execution, metric, limit } = flags;
  const ledger = await connect(flags);
  const { outcomes } = await ledger.outcomes.list({
    ...(execution === undefined ? {} : { execution_id: execution }),
    ...(metric === undefined ? {} : { metric }),
    limit,
  });
  if (flags.json === true) return printJson(outcomes);
  await printTable(
    ['execution', 'metric', 'value', 'by', 'recorded'],
    outcomes.map((outcome) => [
      outcome.execution_id,
      outcome.metric,
      String(outcome.value),
      outcome.created_by,
      outcome.created_at,
    ]),
  );
}
