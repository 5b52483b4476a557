import type { MetricRule } from '../deciding/rollout-definition.js';
import type { RolloutDto, ShownMetricDto } from './rollout.dto.js';
import type { RolloutRecord } from './rollouts.repository.js';

export function rolloutView(rollout: RolloutRecord): RolloutDto {
  const { definition, status, phase } = rollout;
  return {
    rollout_id: rollout.rolloutId,
    name: rollout.name,
    status,
    prompt_name: rollout.promptName,
    environment: rollout.environment,
    control: { version_number: rollout.controlVersion, checksum_hash: rollout.controlChecksum },
    candidate: { version_number: rollout.candidateVersion, checksum_hash: rollout.candidateChecksum },
    unit: 'unit_key',
    steps: definition.steps.map(({ percent, holdMin }) => ({ percent, hold_min: holdMin })),
    min_units: definition.minUnits,
    primary: metricView(definition.primary),
    guardrails: definition.guardrails.map(metricView),
    alpha: definition.alpha,
    on_guardrail: definition.onGuardrail,
    on_success: definition.onSuccess,
    phase: phase === 0 ? null : phase,
    percent: status === 'running' ? (definition.steps[phase - 1]?.percent ?? 0) : 0,
    phases: rollout.phases.map(({ phase: nth, percent, startedAt, endedAt }) => ({
      phase: nth,
      percent,
      started_at: startedAt,
      ended_at: endedAt,
    })),
    change_id: rollout.changeId,
    created_by: rollout.createdBy,
    created_at: rollout.createdAt.toISOString(),
    started_at: rollout.startedAt?.toISOString() ?? null,
    ended_at: rollout.endedAt?.toISOString() ?? null,
    status_at: rollout.statusAt.toISOString(),
    status_by: rollout.statusBy,
    status_reason: rollout.statusReason,
    warnings: listWarnings(rollout),
  };
}

/** A request refused before anything is written is in no arm, so no guardrail notices it. */
function listWarnings({ newVariables }: RolloutRecord): string[] {
  if (newVariables.length === 0) return [];
  return [
    `Only the candidate uses ${newVariables.join(', ')}: requests of its units that do not send them are refused, and no guardrail sees that.`,
  ];
}

function metricView({ metric, kind, direction, maxRegression }: MetricRule): ShownMetricDto {
  return { metric, kind, direction, max_regression: maxRegression };
}
