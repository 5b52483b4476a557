import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AppConfig, parseEnvironment } from '../../../../src/infra/config/index.js';
import {
  applicationDataSourceOptions,
  DatabaseClock,
  JournalConnections,
  TenantScope,
} from '../../../../src/infra/database/index.js';
import { PoolErrorLog } from '../../../../src/infra/database/connections/pool-error-log.js';
import { Metrics } from '../../../../src/infra/metrics/index.js';
import { SystemClock } from '../../../../src/kernel/index.js';
import { ExecutionsRepository } from '../../../../src/modules/executions/index.js';
import type { CallOutcome } from '../../../../src/modules/executions/facts/call-outcome.js';
import { type Admitted, admittedFor } from '../../../support/rows/admitted.js';
import {
  deleteExecutions,
  lapseLeases,
  makeDue,
  postpone,
  setLapses,
} from '../../../support/rows/execution-rows.js';
import { findMisplaced } from '../../core/checks/execution-places.js';
import type { FaultContext } from '../../core/fault-context.js';
import type { Hold, Model, Next, Operation } from './state-model.js';

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
/** Nothing becomes due by itself, so a claim takes exactly what the model allows. */
const NEVER_MS = 24 * 3_600_000;
const DAY_S = 24 * 3_600;
const LEASE_MS = 600_000;
/** The shortest lease of a sweep. A sweep spares recent leases, which a server that has just started cannot know to be dead. */
const SHORTEST_LEASE_MS = 1_000;

const FAILED = {
  succeeded: false,
  failure: {
    kind: 'provider_error',
    message: 'The provider answered 500.',
    status: 500,
    retryAfterMs: null,
    providerRequestId: null,
    latencyMs: 1,
  },
} as const satisfies CallOutcome;
const LEFT = { ...FAILED, failure: { ...FAILED.failure, kind: 'client_closed', status: null } } as const;
const SUCCEEDED: CallOutcome = {
  succeeded: true,
  completion: {
    text: 'Hello!',
    truncated: false,
    totalBytes: 6,
    sha256: 'f'.repeat(64),
    finishReason: 'stop',
    usage: { promptTokens: 1, responseTokens: 1, raw: null },
    providerRequestId: null,
    toolCalls: [],
    refusal: null,
    firstTokenMs: null,
    extras: null,
    servedModelName: null,
    latencyMs: 1,
  },
};

/** The outcomes, other than a failure, that lead to each next state. */
const OUTCOMES: Partial<Record<Next, CallOutcome>> = { succeeded: SUCCEEDED, canceled: LEFT };

/** The real repository on a real database, with control over the leases in it. */
export class StateWorld {
  private constructor(
    private readonly context: FaultContext,
    private readonly dataSource: DataSource,
    private readonly connections: readonly JournalConnections[],
    private readonly executions: ExecutionsRepository,
    private readonly sweeper: ExecutionsRepository,
    private readonly clock: DatabaseClock,
    private readonly projectId: string,
    private readonly admitted: Admitted,
  ) {}

  static async open(context: FaultContext): Promise<StateWorld> {
    const { database } = context;
    const options = { url: database.url, poolSize: 8, onPoolError: () => undefined };
    const dataSource = await new DataSource(applicationDataSourceOptions(options)).initialize();
    const scope = new TenantScope(dataSource);
    const systemClock = new SystemClock();
    const clock = new DatabaseClock(scope, systemClock);
    await clock.onModuleInit();
    const connections: JournalConnections[] = [];
    const openRepository = (leaseMs: number) => {
      const env = parseEnvironment({ LEASE_MS: String(leaseMs) });
      const config = new AppConfig(env, { databaseUrl: database.url, keyHashSecret: null, embedded: false });
      const opened = new JournalConnections(config, new PoolErrorLog());
      connections.push(opened);
      return new ExecutionsRepository(scope, opened, config, clock, systemClock, new Metrics());
    };
    const isOld = `SELECT WHERE pg_postmaster_start_time() < now() - make_interval(secs => $1)`;
    const isSwept = async () => (await database.query(isOld, [SHORTEST_LEASE_MS / 1000])).length === 1;
    await context.until(isSwept, 'the server to be older than a lease');
    const { projectId, admitted } = await prepare(context);
    const [executions, sweeper] = [openRepository(LEASE_MS), openRepository(SHORTEST_LEASE_MS)];
    return new StateWorld(context, dataSource, connections, executions, sweeper, clock, projectId, admitted);
  }

  async close(): Promise<void> {
    this.clock.onModuleDestroy();
    for (const opened of this.connections) await opened.onApplicationShutdown();
    await this.dataSource.destroy();
  }

  async insert({ mode, onUnknown, maxAttempts }: Model): Promise<string> {
    const executionId = this.clock.newId();
    const begun = await this.executions.begin({
      executionId,
      projectId: this.projectId,
      requestedBy: 'fast-check',
      keyId: null,
      mode,
      status: mode === 'sync' ? 'running' : 'queued',
      createdAt: this.clock.now(),
      admitted: { ...this.admitted, onUnknown, maxAttempts },
      leaseMs: LEASE_MS,
    });
    if (typeof begun === 'string') throw new Error(`an execution was ${begun} when it was to begin`);
    return executionId;
  }

  /** Keeps executions from being claimed until the test wants it, and sets how often they were already lost. */
  async settleIn(entries: readonly { readonly id: string; readonly lapses: number }[]): Promise<void> {
    const { database } = this.context;
    await postpone(
      database,
      DAY_S,
      entries.map(({ id }) => id),
    );
    await setLapses(database, entries);
  }

  async makeDue(ids: readonly string[]): Promise<void> {
    await makeDue(this.context.database, ids);
  }

  async lapse(ids: readonly string[]): Promise<void> {
    await lapseLeases(this.context.database, ids);
  }

  async claimAll(slots: number): Promise<void> {
    await this.executions.claim(slots, { afterProject: LOWEST_ID, passedOver: [] });
  }

  async sweepAll(): Promise<void> {
    while ((await this.sweeper.sweepLapsed()).length > 0);
  }

  async cancel(executionId: string): Promise<void> {
    await this.executions.cancel(this.projectId, executionId);
  }

  /** Performs an owner's operation; the other operations act on everything at once. */
  async act(
    executionId: string,
    hold: Hold,
    operation: Extract<Operation, { stale: boolean }>,
  ): Promise<void> {
    const claim = { projectId: this.projectId, executionId, fence: hold.fence };
    const [model] = this.admitted.targets;
    switch (operation.kind) {
      case 'renew':
        await this.executions.renew([claim]);
        return;
      case 'release':
        await this.executions.release(claim, NEVER_MS);
        return;
      case 'dispatch':
        await this.executions.dispatch(claim, hold.attempt ?? hold.attemptsMade + 1, model);
        return;
      case 'finish':
        await this.executions.end({
          mode: 'async',
          // The executions have no duties, so either statement must work: owners alternate between the two.
          claim: { ...claim, mayHaveDuties: hold.fence % 2 === 0 },
          attempt: hold.attempt ?? 1,
          model,
          price: null,
          outcome: OUTCOMES[operation.next] ?? FAILED,
          next: nextOf(operation.next, model),
        });
    }
  }

  /** Reads the states in the format of `visible`. */
  async read(ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.context.database.query<{ id: string; seen: string }>(
      `SELECT execution_id AS id, format('%s%s, attempts %s [%s]', e.status,
         CASE WHEN e.status IN ('queued', 'running') THEN
           format('%s, fence %s, lapses %s', CASE WHEN due_at <= now() THEN ', due' WHEN lease_until <= now() THEN ', lapsed' END, e.fence, lapses)
         END, attempts_made,
         (SELECT string_agg(a.fence || ':' || a.status, ' ' ORDER BY attempt) FROM execution_attempts_all a
          WHERE a.project_id = e.project_id AND a.execution_id = e.execution_id)) AS seen
       FROM executions_all e WHERE execution_id = ANY ($1)`,
      [ids],
    );
    return new Map(rows.map(({ id, seen }) => [id, seen]));
  }

  /** Returns a line for each execution that is in no place, in two, or without its input. */
  findMisplaced(): Promise<string[]> {
    return findMisplaced((text) => this.context.database.query(text));
  }

  /** Deletes executions so that they do not disturb the next ones. Their watched moves are kept. */
  async forget(ids: readonly string[]): Promise<void> {
    await deleteExecutions(this.context.database, ids);
  }
}

function nextOf(next: Next, model: Admitted['targets'][0]) {
  if (next === 'queued') return { kind: 'queued', waitMs: NEVER_MS } as const;
  return next === 'running' ? ({ kind: 'running', model } as const) : ({ kind: 'final' } as const);
}

async function prepare({ database }: FaultContext): Promise<{ projectId: string; admitted: Admitted }> {
  const [row] = await database.query<{
    project_id: string;
    prompt_id: string;
    version_id: string;
    model_id: string;
  }>(
    `WITH project AS (SELECT project_id FROM projects WHERE name = 'default'),
     prompt AS (
       INSERT INTO prompts (project_id, name, mode, kind) SELECT project_id, $1, 'full', 'text' FROM project
       RETURNING project_id, prompt_id
     ), version AS (
       INSERT INTO prompt_versions (project_id, prompt_id, version_number, template_source, checksum_hash, renderer, variables)
       SELECT project_id, prompt_id, 1, 'Hello', repeat('a', 64), 'liquid-1', '{}' FROM prompt
       RETURNING project_id, prompt_id, version_id
     )
     SELECT v.project_id, v.prompt_id, v.version_id, m.model_id FROM version v
     JOIN models m ON m.project_id = v.project_id AND m.provider = 'echo' AND m.model_name = 'echo'`,
    [randomUUID()],
  );
  if (row === undefined) throw new Error('there is no project or no model');
  const { prompt_id: promptId, version_id: versionId, model_id: modelId } = row;
  const admitted = admittedFor(
    { promptId, versionId, modelId },
    { environment: 'default', variablesJson: '{}' },
  );
  return { projectId: row.project_id, admitted };
}
