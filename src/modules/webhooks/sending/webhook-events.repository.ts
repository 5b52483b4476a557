import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';

/** An event that this process may deliver until its lease expires. */
export interface ClaimedEvent {
  readonly projectId: string;
  /** The same on each try, so that a receiver can detect repetitions. */
  readonly eventId: string;
  /** The event type, such as `execution.succeeded`. */
  readonly type: string;
  /** Id of the event's subject, such as an execution, a batch or a budget. */
  readonly subject: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly url: string;
  /** JSON, sent byte for byte. */
  readonly body: string;
  /** Salts of the valid signing keys, newest first. Empty for a project that has none yet. */
  readonly salts: readonly Buffer[];
  /** By the database's clock. */
  readonly claimedAt: Date;
}

export interface ClaimOptions {
  readonly slots: number;
  /** The maximum number of one project's deliveries in flight here. */
  readonly share: number;
  /** The number of deliveries already in flight, by project. */
  readonly busy: ReadonlyMap<string, number>;
  readonly leaseMs: number;
}

/** The result of one try. */
export interface DeliveryReport {
  readonly projectId: string;
  readonly eventId: string;
  readonly attempt: number;
  readonly outcome: 'succeeded' | 'failed';
  readonly responseStatus: number | null;
  readonly error: string | null;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** Milliseconds until the next try; null when this was the last. */
  readonly waitMs: number | null;
}

interface ClaimedRow {
  project_id: string;
  event_id: string;
  kind: string;
  subject: string;
  attempt: number;
  url: string;
  event: string;
  salts: Buffer[];
  claimed_at: Date;
}

/** A claim that another process has taken over ends nothing, unless the delivery succeeded. */
const REPORT = `
  WITH tried AS (
    INSERT INTO webhook_deliveries (project_id, event_id, attempt, outcome, response_status, error, started_at, duration_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT DO NOTHING
  )
  UPDATE outbox
  SET due_at = CASE WHEN $9::double precision IS NULL THEN due_at ELSE now() + make_interval(secs => $9::double precision / 1000) END,
    done_at = CASE WHEN $9::double precision IS NULL THEN now() END,
    outcome = CASE WHEN $9::double precision IS NOT NULL THEN NULL WHEN $4 = 'succeeded' THEN 'delivered' ELSE 'failed' END
  WHERE project_id = $1 AND event_id = $2 AND done_at IS NULL AND (attempts = $3 OR $4 = 'succeeded')`;

/** Claims and reports due deliveries, across projects. */
@Injectable()
export class WebhookEventsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Claims due events of any project. Nobody else gets them before their lease expires. */
  async claim({ slots, share, busy, leaseMs }: ClaimOptions): Promise<ClaimedEvent[]> {
    const rows = await this.scope.system<ClaimedRow>('SELECT * FROM ledger_claim_webhooks($1, $2, $3, $4)', [
      slots,
      share,
      JSON.stringify(Object.fromEntries(busy)),
      leaseMs,
    ]);
    return rows.map((row) => ({
      projectId: row.project_id,
      eventId: row.event_id,
      type: row.kind,
      subject: row.subject,
      attempt: row.attempt,
      url: row.url,
      body: row.event,
      salts: row.salts,
      claimedAt: row.claimed_at,
    }));
  }

  /** Records how a try ended, and what happens to its event. */
  async report(delivery: DeliveryReport): Promise<void> {
    await this.scope.statement(delivery.projectId, {
      name: 'report-delivery',
      text: REPORT,
      values: [
        delivery.projectId,
        delivery.eventId,
        delivery.attempt,
        delivery.outcome,
        delivery.responseStatus,
        delivery.error,
        delivery.startedAt,
        delivery.durationMs,
        delivery.waitMs,
      ],
    });
  }

  /** Announces batches whose executions are all final. @returns how many. */
  async completeBatches(most: number): Promise<number> {
    const [row] = await this.scope.system<{ count: number }>('SELECT ledger_complete_batches($1) AS count', [
      most,
    ]);
    return row?.count ?? 0;
  }

  /** Removes events that ended this many days ago, with their deliveries. @returns how many. */
  async forget(keepDays: number, most: number): Promise<number> {
    const [row] = await this.scope.system<{ count: number }>('SELECT ledger_forget_outbox($1, $2) AS count', [
      keepDays,
      most,
    ]);
    return row?.count ?? 0;
  }
}
