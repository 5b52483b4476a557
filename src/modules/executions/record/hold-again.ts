import { DUTIES, type TenantScope } from '../../../infra/database/index.js';
import type { ChargeBound } from '../admission/charge-bound.js';
import type { Claim } from '../facts/claim.js';
import { type BegunExecution, BEGUN_FREELY, toBegun, toRefusal, type VerdictRow } from './budget-verdict.js';
import { ANSWER_TIMEOUT_MS } from './call-options.js';

/**
 * Holds the most that a further attempt may cost, before it is made. An attempt that has a hold already is `held`, without a
 * second one. The hold of a `free_attempt` is released first, because the functions see the effects of those before them. From
 * then on the ending has to settle.
 */
const HOLD_AGAIN = `
  WITH entry AS MATERIALIZED (
    SELECT f.project_id, f.execution_id, f.owner_team, p.name AS prompt_name, f.key_id, f.batch_id, f.on_budget
    FROM executions_in_flight f
    LEFT JOIN prompts p ON p.project_id = f.project_id AND p.prompt_id = f.prompt_id
    WHERE f.project_id = $1 AND f.execution_id = $2
      AND EXISTS (SELECT FROM budgets b WHERE b.project_id = $1 AND b.archived_at IS NULL)
  ), freed AS MATERIALIZED (
    SELECT ledger_settle_holds((SELECT json_agg(json_build_object('project_id', project_id, 'execution_id', execution_id,
      'attempt', $4::integer, 'spent_pico_usd', 0)) FROM entry WHERE $4::integer IS NOT NULL))
  ), verdict AS MATERIALIZED (
    SELECT v.* FROM (SELECT count(*) FROM freed) AS settled CROSS JOIN LATERAL
      ledger_hold_budgets(CASE WHEN settled.count >= 0 THEN
        (SELECT json_agg(json_build_object('attempt', $3::integer, 'project_id', project_id, 'execution_id', execution_id, 'arrival', 0,
          'owner_team', owner_team, 'prompt_name', prompt_name, 'key_id', key_id, 'batch_id', batch_id, 'input_pico_usd', $5::numeric,
          'output_pico_usd', $6::numeric, 'max_new_tokens', $7::integer, 'clamp', on_budget = 'clamp')) FROM entry) END, $8) AS v
  ), bound AS (
    UPDATE executions_in_flight f SET duties = f.duties | ${DUTIES.holds}
    WHERE f.project_id = $1 AND f.execution_id = $2 AND EXISTS (SELECT FROM verdict v WHERE v.verdict IN ('held', 'clamped'))
  )
  SELECT v.verdict, v.max_new_tokens AS clamped_tokens, v.budget_id, v.left_pico_usd, v.percent, v.warned_by,
    (SELECT b.name FROM budgets b WHERE b.project_id = $1 AND b.budget_id = v.budget_id) AS budget_name,
    (SELECT b.name FROM budgets b WHERE b.project_id = $1 AND b.budget_id = v.warned_by) AS warned_by_name
  FROM verdict v`;

/**
 * Holds what a further attempt may cost against the budgets.
 * @param freeAttempt an attempt that cost nothing and whose end is not recorded yet; null for none. Unless its hold is
 *   released, a budget with room for one call would have none for its retry.
 * @throws BudgetExceededError `BUDGET_EXCEEDED`
 */
export async function holdAgain(
  scope: TenantScope,
  claim: Claim,
  asked: {
    readonly attempt: number;
    readonly freeAttempt: number | null;
    readonly bound: ChargeBound;
    readonly holdMs: number;
  },
): Promise<BegunExecution> {
  const { attempt, freeAttempt, bound, holdMs } = asked;
  const money = [
    bound.inputPicoUsd?.toString() ?? null,
    bound.outputPicoUsd?.toString() ?? null,
    bound.responseTokens,
  ];
  const [verdict] = await scope.statement<VerdictRow & Record<string, unknown>>(claim.projectId, {
    name: 'hold-again',
    text: HOLD_AGAIN,
    values: [claim.projectId, claim.executionId, attempt, freeAttempt, ...money, holdMs],
    timeoutMs: ANSWER_TIMEOUT_MS,
  });
  if (verdict === undefined) return BEGUN_FREELY;
  const refusal = toRefusal(verdict);
  if (refusal !== null) throw refusal;
  return toBegun(verdict, false);
}
