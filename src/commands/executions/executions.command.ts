import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { ExecutionArm, ExecutionStatus, ListExecutionsQuery } from '../../../sdk/src/index.js';
import { writeJson } from '../../kernel/index.js';
import { executionReport } from './execution-report.js';
import { parseTime } from './parse-time.js';
import { parseMetadata } from './run-request.js';
import { concurrently } from '../terminal/concurrently.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { formatCount } from '../terminal/format-count.js';
import { coloursFor, note, print, printJson, printTable } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';

export interface FilterFlags extends LedgerFlags {
  readonly prompt?: string;
  readonly status?: ExecutionStatus;
  readonly environment?: string;
  readonly correlationId?: string;
  readonly metadata?: readonly string[];
  readonly rollout?: string;
  readonly arm?: ExecutionArm['arm'];
  readonly since?: string;
  readonly until?: string;
}

/** Shows the whole lineage of an execution: prompt, version, commit and line, variables, every call, and the answer. */
export async function showExecutionCommand(executionId: string, flags: LedgerFlags): Promise<void> {
  const execution = await (await connect(flags)).executions.get(executionId);
  if (flags.json === true) return printJson(execution);
  await print(executionReport(execution, coloursFor(process.stdout)));
}

/** Erases forever, without asking for confirmation. */
export async function eraseExecutionCommand(executionId: string, flags: LedgerFlags): Promise<void> {
  await (await connect(flags)).executions.eraseContent(executionId);
  note(`The content of execution ${executionId} is erased; its facts and costs stay.`);
}

export interface ListExecutionsFlags extends FilterFlags {
  readonly limit: number;
}

export async function listExecutionsCommand(flags: ListExecutionsFlags): Promise<void> {
  const ledger = await connect(flags);
  const { executions } = await ledger.executions.list({ ...toQuery(flags), limit: flags.limit });
  if (flags.json === true) return printJson(executions);
  await printTable(
    ['execution', 'status', 'prompt', 'version', 'model', 'ms', 'created'],
    executions.map((execution) => [
      execution.execution_id,
      execution.error_type ?? execution.status,
      execution.prompt_name,
      execution.version_number,
      `${execution.model.provider}/${execution.model.model_name}`,
      execution.telemetry.latency_ms,
      execution.created_at,
    ]),
  );
}

export interface ExportExecutionsFlags extends FilterFlags {
  readonly out?: string;
  /** Includes variables, prompts, answers and attempts. */
  readonly content?: boolean;
}

/** Prints one JSON document per line, newest first, from all pages. */
export async function exportExecutionsCommand(flags: ExportExecutionsFlags): Promise<void> {
  const ledger = await connect(flags);
  const pages = ledger.executions.list({ ...toQuery(flags), limit: 200 }).pages();
  const progress = new Progress('executions exported');
  const file = flags.out === undefined ? null : createWriteStream(flags.out);
  if (file !== null) await once(file, 'open');
  let count = 0;
  try {
    for await (const { executions } of pages) {
      const lines = flags.content === true ? await concurrently(executions, readWhole) : executions;
      for (const line of lines) await print(writeJson(line), file ?? process.stdout);
      count += lines.length;
      progress.add(lines.length);
    }
  } finally {
    progress.done();
    file?.end();
  }
  if (file !== null) await finished(file);
  note(`${formatCount(count, 'execution')} exported${flags.out === undefined ? '' : ` to ${flags.out}`}.`);

  function readWhole({ execution_id: id }: { readonly execution_id: string }) {
    return ledger.executions.get(id);
  }
}

function toQuery(flags: FilterFlags): ListExecutionsQuery {
  return {
    ...(flags.prompt === undefined ? {} : { prompt_name: flags.prompt }),
    ...(flags.status === undefined ? {} : { status: flags.status }),
    ...(flags.environment === undefined ? {} : { environment: flags.environment }),
    ...(flags.correlationId === undefined ? {} : { correlation_id: flags.correlationId }),
    ...parseMetadata(flags.metadata),
    ...(flags.rollout === undefined ? {} : { rollout_id: flags.rollout }),
    ...(flags.arm === undefined ? {} : { arm: flags.arm }),
    ...(flags.since === undefined ? {} : { created_after: parseTime(flags.since) }),
    ...(flags.until === undefined ? {} : { created_before: parseTime(flags.until) }),
  };
}
