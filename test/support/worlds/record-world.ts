import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { BeginEntry, EndEntry } from '../../../src/infra/database/index.js';
import type { Claim } from '../../../src/modules/executions/facts/claim.js';
import type { CallOutcome } from '../../../src/modules/executions/facts/call-outcome.js';
import { type Beginning, beginEntry } from '../../../src/modules/executions/record/index.js';
import { endEntry, type Next } from '../../../src/modules/executions/record/end.js';
import { type Admitted, admittedFor } from '../rows/admitted.js';
import type { LedgerContext } from '../database/ledger-context.js';
import type { LedgerRows } from '../rows/ledger-rows.js';

export interface BeginningOptions {
  readonly projectId?: string;
  readonly status?: Beginning['status'];
  readonly key?: string;
  readonly admitted?: Parameters<typeof admittedFor>[1];
  readonly more?: Partial<Beginning>;
}

export type LedgerIds = Pick<LedgerRows, 'promptId' | 'versionId' | 'modelId'>;

const KEY_TTL_MS = 3_600_000;

/** Returns the beginning of an execution, as a request would make it: `queued` asynchronously, otherwise while its client waits. */
export async function beginningOf(
  context: LedgerContext,
  ids: LedgerIds,
  { projectId = context.projectId, status = 'running', key, admitted, more }: BeginningOptions = {},
): Promise<Beginning> {
  const [made] = await context.scope.system<{ id: string }>('SELECT ledger_uuid7() AS id');
  return {
    executionId: (made as { id: string }).id,
    projectId,
    requestedBy: 'admin',
    keyId: null,
    mode: status === 'queued' ? 'async' : 'sync',
    status,
    createdAt: new Date(),
    leaseMs: 20_000,
    key: key === undefined ? null : { route: '/v1/executions:run', key, fingerprint: randomBytes(32) },
    admitted: admittedFor(ids, admitted) satisfies Admitted,
    ...more,
  };
}

/** Returns the entry that ends a call of the model `echo`, as the application sends it. */
export function endingOf(
  claim: Claim,
  outcome: CallOutcome,
  { attempt = 1, next = { kind: 'final' } }: { readonly attempt?: number; readonly next?: Next } = {},
): EndEntry {
  return endEntry({
    mode: 'async',
    claim,
    attempt,
    model: { provider: 'echo', modelName: 'echo' },
    price: null,
    outcome,
    next,
  });
}

export function entryOf(beginning: Beginning): BeginEntry {
  return beginEntry(beginning, KEY_TTL_MS);
}

/** A connection of the application whose transactions a test may leave open. */
export class AppConnection {
  private constructor(private readonly client: Client) {}

  static async open({ url }: LedgerContext): Promise<AppConnection> {
    const client = new Client({ connectionString: url, options: '-c role=prompt_ledger_app' });
    await client.connect();
    return new AppConnection(client);
  }

  /** Opens a transaction for the statements of one project, as `TenantScope` does. */
  async beginTransaction(projectId: string): Promise<void> {
    await this.client.query('BEGIN');
    await this.client.query(`SELECT set_config('app.project_ids', $1, true)`, [`{${projectId}}`]);
  }

  async query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await this.client.query<Record<string, unknown>>(text, values)).rows;
  }

  commit(): Promise<unknown> {
    return this.client.query('COMMIT');
  }

  rollback(): Promise<unknown> {
    return this.client.query('ROLLBACK');
  }

  /** @returns the ids of the executions that were ended. */
  async end(
    name: 'ledger_end_plain' | 'ledger_end' | 'ledger_record_late',
    entries: readonly EndEntry[],
    projects = [...new Set(entries.map(({ project_id: id }) => id))],
  ): Promise<string[]> {
    const [row] = await this.query(`SELECT ${name}($1::json, $2::uuid[]) AS told`, [
      JSON.stringify(entries),
      projects,
    ]);
    const told = row?.['told'] as string | null;
    return told === null ? [] : told.split(',').map((each) => each.split(' ')[0] as string);
  }

  /** @returns the entries that `ledger_begin_plain` reports as not begun. */
  async beginPlain(entries: readonly BeginEntry[]): Promise<unknown[]> {
    const projects = [...new Set(entries.map(({ project_id: id }) => id))];
    const [row] = await this.query('SELECT ledger_begin_plain($1::json, $2::uuid[]) AS refused', [
      JSON.stringify(entries),
      projects,
    ]);
    return (row?.['refused'] as unknown[] | null) ?? [];
  }

  close(): Promise<void> {
    return this.client.end();
  }
}

/** Waits until somebody in this database waits for a lock. */
export async function untilBlocked({ owner }: LedgerContext): Promise<void> {
  for (;;) {
    const { rowCount } = await owner.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rowCount !== 0) return;
  }
}

/** Counts the execution in the two tables: `{ in_flight: 1, over: 0 }`. */
export async function placesOf(
  { owner }: LedgerContext,
  executionId: string,
): Promise<{ in_flight: number; over: number }> {
  const { rows } = await owner.query<{ in_flight: number; over: number }>(
    `SELECT (SELECT count(*)::int FROM executions_in_flight WHERE execution_id = $1) AS in_flight,
       (SELECT count(*)::int FROM executions WHERE execution_id = $1) AS over`,
    [executionId],
  );
  return rows[0] as { in_flight: number; over: number };
}

/** Finds inputs that are not in exactly one of the two states, and executions without an input. There must never be any. */
export async function findMisplaced({ owner }: LedgerContext): Promise<string[]> {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT execution_id AS id FROM (
       SELECT execution_id, 1 AS input, 0 AS state FROM execution_inputs
       UNION ALL SELECT execution_id, 0, 1 FROM executions_in_flight
       UNION ALL SELECT execution_id, 0, 1 FROM executions) AS rows
     GROUP BY execution_id HAVING sum(input) <> 1 OR sum(state) <> 1`,
  );
  return rows.map(({ id }) => id);
}
