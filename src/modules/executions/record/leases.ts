import type { FunctionCall, JournalConnections, TenantScope } from '../../../infra/database/index.js';
import type { Claim } from '../facts/claim.js';
import type { SweptExecution } from './claimed-execution.js';
import { ANSWER_TIMEOUT_MS } from './call-options.js';

/**
 * Waits for no lock, because an execution that is being ended needs no lease. Returns the claims that their callers no longer
 * hold.
 */
const RENEW = `
  WITH entry AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json) AS entry(project_id uuid, execution_id uuid, fence integer)
  ), held AS MATERIALIZED (
    SELECT f.project_id, f.execution_id FROM entry n CROSS JOIN LATERAL (
      SELECT f.project_id, f.execution_id FROM executions_in_flight f
      WHERE f.project_id = n.project_id AND f.execution_id = n.execution_id AND f.fence = n.fence AND f.status <> 'queued'
      OFFSET 0 FOR UPDATE SKIP LOCKED) AS f
  ), renewed AS (
    UPDATE executions_in_flight f SET lease_until = now() + make_interval(secs => $2::integer / 1000.0)
    WHERE f.ctid = ANY (ARRAY(SELECT o.ctid FROM held k CROSS JOIN LATERAL (
      SELECT o.ctid FROM executions_in_flight o
      WHERE o.project_id = k.project_id AND o.execution_id = k.execution_id OFFSET 0) AS o))
  )
  SELECT n.execution_id, n.fence FROM entry n
  WHERE NOT EXISTS (
    SELECT FROM executions_in_flight f
    WHERE f.project_id = n.project_id AND f.execution_id = n.execution_id AND f.fence = n.fence AND f.status <> 'queued')`;

/** Extends the leases. @returns the claims that this process no longer holds. */
export async function renewLeases(
  scope: TenantScope,
  claims: readonly Claim[],
  leaseMs: number,
): Promise<Claim[]> {
  const entries = claims.map(({ projectId, executionId, fence }) => ({
    project_id: projectId,
    execution_id: executionId,
    fence,
  }));
  const projects = [...new Set(claims.map(({ projectId }) => projectId))];
  const lost = await scope.statement<{ execution_id: string; fence: number }>(projects, {
    name: 'renew',
    text: RENEW,
    values: [JSON.stringify(entries), leaseMs],
    timeoutMs: ANSWER_TIMEOUT_MS,
  });
  const keys = new Set(lost.map(({ execution_id: id, fence }) => `${id} ${fence}`));
  return claims.filter(({ executionId, fence }) => keys.has(`${executionId} ${fence}`));
}

const RELEASE = `
  UPDATE executions_in_flight SET status = 'queued', lease_until = NULL, due_at = now() + make_interval(secs => $4::integer / 1000.0)
  WHERE project_id = $1 AND execution_id = $2 AND fence = $3 AND status <> 'queued' AND attempt_started_at IS NULL`;

/** Releases an execution that was claimed but not called, to be due again after `waitMs`. */
export async function releaseClaim(scope: TenantScope, claim: Claim, waitMs: number): Promise<void> {
  const values = [claim.projectId, claim.executionId, claim.fence, Math.ceil(waitMs)];
  await scope.statement(claim.projectId, { name: 'release', text: RELEASE, values });
}

const sweep = (most: number, maxLapses: number, settleMs: number): FunctionCall => ({
  name: 'sweep',
  text: 'SELECT * FROM ledger_sweep_lapsed($1, $2, $3)',
  values: [most, maxLapses, settleMs],
});

export const SWEEP_REHEARSALS: readonly FunctionCall[] = [sweep(0, 1, 0)];

/** Ends or requeues executions whose lease lapsed without a report. */
export async function sweepLapsed(
  connections: JournalConnections,
  options: { readonly most: number; readonly maxLapses: number; readonly settleMs: number },
): Promise<SweptExecution[]> {
  const rows = await connections.call<{
    execution_id: string;
    fence: number;
    status: SweptExecution['status'];
  }>(sweep(options.most, options.maxLapses, options.settleMs));
  return rows.map(({ execution_id: executionId, fence, status }) => ({ executionId, fence, status }));
}
