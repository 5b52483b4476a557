import type { EntityManager } from 'typeorm';
import type { Decision, Look } from '../../../src/modules/rollouts/index.js';
import type { RolloutEventListDto } from '../../../src/modules/rollouts/record/looks.dto.js';
import type { RolloutDetailDto } from '../../../src/modules/rollouts/reports/rollout-detail.dto.js';
import { RolloutReportsService } from '../../../src/modules/rollouts/reports/rollout-reports.service.js';
import { LookTaker } from '../../../src/modules/rollouts/watching/look-taker.js';
import { LooksRepository } from '../../../src/modules/rollouts/watching/looks.repository.js';
import { RolloutEventsRepository } from '../../../src/modules/rollouts/watching/rollout-events.repository.js';
import { TakingInRepository } from '../../../src/modules/rollouts/watching/taking-in.repository.js';
import type { LedgerContext } from '../database/ledger-context.js';
import { RolloutsWorld } from './rollouts-world.js';

/** An ended execution of an arm. Omitted members are those of an ordinary one. */
export interface EndedExecution {
  readonly rolloutId: string;
  readonly arm: 'control' | 'candidate';
  /** Null when the request had no key. */
  readonly unit?: string | null;
  readonly phase?: number;
  readonly status?: 'succeeded' | 'failed' | 'canceled';
  readonly isCached?: boolean;
  /** Whether the second of two models answered. */
  readonly isFallback?: boolean;
  readonly latencyMs?: number | null;
  readonly costPicoUsd?: number | null;
  readonly responseTokens?: number | null;
  readonly outputValid?: boolean | null;
  /** Seconds ago. */
  readonly endedAgoS?: number;
  readonly projectId?: string;
}

export interface MadeScorer {
  readonly scorerId: string;
  readonly versionId: string;
}

/** Rollouts whose executions end, on a real database, and the code that looks at them. */
export class LooksWorld extends RolloutsWorld {
  readonly takingIn = new TakingInRepository();
  readonly events = new RolloutEventsRepository();
  readonly looks = new LooksRepository();
  private readonly reports: RolloutReportsService;
  private modelId: string | null = null;

  constructor(context: LedgerContext) {
    super(context);
    this.reports = new RolloutReportsService(context.scope, this.rollouts, this.events, this.looks);
  }

  /** Makes the taker of another process, which has cached nothing of what the first one counted. */
  newTaker(looks: LooksRepository = this.looks): LookTaker {
    const { scope } = this.context;
    return new LookTaker(scope, this.rollouts, this.transitions, this.takingIn, this.events, looks);
  }

  look(rolloutId: string, taker = this.newTaker()): Promise<Decision | null> {
    return taker.take({ projectId: this.context.projectId, rolloutId });
  }

  report(rolloutId: string): Promise<RolloutDetailDto> {
    return this.reports.get(this.context.projectId, rolloutId);
  }

  /** Lists the events as the API does, in pages of `limit`. */
  async listEvents(rolloutId: string, limit: number): Promise<RolloutEventListDto['events']> {
    const events: RolloutEventListDto['events'] = [];
    let cursor: string | undefined;
    do {
      const query = { limit, ...(cursor !== undefined && { cursor }) };
      const page = await this.reports.listEvents(this.context.projectId, rolloutId, query);
      events.push(...page.events);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    return events;
  }

  /** Returns the looks, the oldest first. */
  async looksAt(rolloutId: string): Promise<Look[]> {
    const rows = await this.sql<{ figures: Look }>(
      'SELECT figures FROM rollout_looks WHERE rollout_id = $1 ORDER BY look',
      [rolloutId],
    );
    return rows.map(({ figures }) => figures);
  }

  /** Ends executions of `count` units of an arm, of which the first `failed` fail. @returns ids. */
  async endMany(
    one: Pick<EndedExecution, 'rolloutId' | 'arm' | 'phase'>,
    { count, failed, from = 0 }: { readonly count: number; readonly failed: number; readonly from?: number },
  ): Promise<string[]> {
    const rows = await this.sql<{ id: string }>(
      `INSERT INTO executions (project_id, model_id, environment, execution_mode, status, latency_ms, rollout)
       SELECT $1, $2, 'prod', 'sync', CASE WHEN n <= $5 THEN 'failed' ELSE 'succeeded' END, 100 + n,
         jsonb_build_object('rollout_id', $3::text, 'arm', $4::text, 'phase', $7::integer, 'unit', $4 || '-' || (n + $8), 'bucket', 0.1)
       FROM generate_series(1, $6::integer) AS n RETURNING execution_id AS id`,
      [
        this.context.projectId,
        await this.model(),
        one.rolloutId,
        one.arm,
        failed,
        count,
        one.phase ?? 1,
        from,
      ],
    );
    return rows.map(({ id }) => id);
  }

  /** @returns its id. */
  async end(one: EndedExecution): Promise<string> {
    const { unit = 'u', phase = 1, status = 'succeeded', isFallback = false } = one;
    const targets = [
      { provider: 'echo', model_name: isFallback ? 'first' : 'looked' },
      { provider: 'echo', model_name: isFallback ? 'looked' : 'second' },
    ];
    const rollout = { rollout_id: one.rolloutId, arm: one.arm, phase, unit, bucket: 0.1 };
    const [row] = await this.sql<{ id: string }>(
      `INSERT INTO executions (project_id, model_id, environment, execution_mode, status, latency_ms, cost_pico_usd, response_tokens,
         output_valid, cache_hit, targets, rollout, completed_at)
       VALUES ($1, $2, 'prod', 'sync', $3, $4, $5, $6, $7, $8, $9, $10, now() - make_interval(secs => $11)) RETURNING execution_id AS id`,
      [
        one.projectId ?? this.context.projectId,
        await this.model(),
        status,
        one.latencyMs ?? null,
        one.costPicoUsd ?? null,
        one.responseTokens ?? null,
        one.outputValid ?? null,
        one.isCached ?? false,
        JSON.stringify(targets),
        JSON.stringify(rollout),
        one.endedAgoS ?? 0,
      ],
    );
    return (row as { id: string }).id;
  }

  /** Records like `POST /v1/outcomes`, without its checks. */
  async recordOutcome(executionId: string, metric: string, value: number): Promise<void> {
    await this.context.scope.transaction(this.context.projectId, (tx: EntityManager) =>
      tx.query(
        `WITH taken AS (INSERT INTO outcome_sequences AS q (project_id, latest) VALUES ($1, 1)
           ON CONFLICT (project_id) DO UPDATE SET latest = q.latest + 1 RETURNING latest)
         INSERT INTO outcomes (project_id, sequence, execution_id, metric, value, is_boolean, created_by)
         SELECT $1, latest, $2, $3, $4, false, 'admin' FROM taken ON CONFLICT DO NOTHING`,
        [this.context.projectId, executionId, metric, value],
      ),
    );
  }

  /** Makes a scorer with one version. */
  async makeScorer(name: string): Promise<MadeScorer> {
    const [row] = await this.sql<MadeScorer>(
      `WITH scorer AS (
         INSERT INTO scorers (project_id, name, kind) VALUES ($1, $2, 'human') RETURNING scorer_id
       ) INSERT INTO scorer_versions (project_id, scorer_id, version_number, definition, checksum_hash, created_by)
       SELECT $1, scorer_id, 1, '{"min":0,"max":5}', repeat('a', 64), 'admin' FROM scorer
       RETURNING scorer_id AS "scorerId", scorer_version_id AS "versionId"`,
      [this.context.projectId, name],
    );
    return row as MadeScorer;
  }

  async deleteScorer(name: string): Promise<void> {
    const { projectId } = this.context;
    await this.sql(
      'UPDATE scorers SET deleted_at = now() WHERE project_id = $1 AND name = $2 AND deleted_at IS NULL',
      [projectId, name],
    );
  }

  /** Records like `POST /v1/scores`, without its checks. */
  async recordScore(executionId: string, { scorerId, versionId }: MadeScorer, value: number): Promise<void> {
    await this.sql(
      `WITH taken AS (INSERT INTO score_sequences AS q (project_id, latest) VALUES ($1, 1)
         ON CONFLICT (project_id) DO UPDATE SET latest = q.latest + 1 RETURNING latest)
       INSERT INTO scores (project_id, sequence, execution_id, scorer_id, scorer_version_id, source, value, passed, created_by)
       SELECT $1, latest, $2, $3, $4, 'api', $5, true, 'admin' FROM taken`,
      [this.context.projectId, executionId, scorerId, versionId, value],
    );
  }

  private async model(): Promise<string> {
    if (this.modelId !== null) return this.modelId;
    const [row] = await this.sql<{ id: string }>(
      `INSERT INTO models (project_id, provider, model_name) VALUES ($1, 'echo', 'looked') RETURNING model_id AS id`,
      [this.context.projectId],
    );
    return (this.modelId = (row as { id: string }).id);
  }
}
