import type { ApiBody, ApiResponse } from '../../support/api-client.js';
import { type Execution, getExecution, putPrompt, type Stage } from '../stage.js';

/** Helpers for tests of `:record`. */

export const RECORD = '/v1/executions:record';

export const ENTRY = {
  prompt_name: 'greeting',
  variables: { name: 'John' },
  model: { provider: 'openai', model_name: 'gpt-4o-mini' },
  status: 'succeeded',
  response_text: 'Hello yourself',
  started_at: '2026-11-24T10:00:00.000Z',
};
export const FAILED = { ...ENTRY, status: 'failed', response_text: null };

export interface RecordAnswer extends ApiBody {
  readonly recorded: readonly { index: number; execution_id: string; version_number: number }[];
  readonly rejected: readonly {
    index: number;
    code: string;
    detail: string;
    errors?: readonly { pointer: string; message: string }[];
  }[];
}

export function send(
  { admin }: Pick<Stage, 'admin'>,
  executions: unknown,
  headers: Record<string, string> = {},
): Promise<ApiResponse<RecordAnswer>> {
  return admin.post<RecordAnswer>(RECORD, { executions }, headers);
}

export async function record(stage: Stage, ...entries: ApiBody[]): Promise<RecordAnswer> {
  const answer = await send(stage, entries);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

export async function recordOne(stage: Stage, entry: ApiBody): Promise<Execution> {
  const { recorded, rejected } = await record(stage, entry);
  if (recorded[0] === undefined) throw new Error(JSON.stringify(rejected));
  return getExecution(stage.admin, recorded[0].execution_id);
}

/** Puts two versions of the prompt of {@link ENTRY}, the second active. @returns their hashes. */
export async function putGreetings({ admin }: Stage): Promise<string[]> {
  const hashes: string[] = [];
  for (const text of ['Hello {{name}}', 'Hi {{name}}']) {
    hashes.push((await putPrompt(admin, 'greeting', text)).version.checksum_hash);
  }
  return hashes;
}

/** Counts the rows of every table that a call may write to. */
export async function rowCounts(stage: Stage): Promise<Record<string, number>> {
  const executions = ['executions_all', 'execution_inputs', 'execution_outputs', 'execution_attempts_all'];
  const tables = [...executions, 'idempotency_keys', 'models'];
  const selects = tables.map((table) => `(SELECT count(*)::integer FROM ${table}) AS ${table}`);
  const [row] = await stage.sql<Record<string, number>>(`SELECT ${selects.join(', ')}`);
  return row ?? {};
}
