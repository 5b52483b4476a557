import type {
  RolloutDetail,
  RolloutExposure,
  RolloutLook,
  RolloutMetric,
  RolloutValue,
} from '../../../sdk/src/index.js';
import {
  type Look,
  resolveMetric,
  type RolloutDefinition,
  type RolloutEvent,
  type RolloutRecord,
} from '../../modules/rollouts/record/index.js';
import { CliError } from '../terminal/cli-error.js';

type MetricRule = RolloutDefinition['primary'];

/** A rollout's record as the API writes it, where steps count from 1. The statistics count them from 0. */
export interface WireRecord {
  readonly rollout: RolloutDetail;
  readonly events: readonly (RolloutExposure | RolloutValue)[];
  /** In chronological order. */
  readonly looks: readonly RolloutLook[];
}

/** @throws CliError for a metric of a newer service. */
export function readRecord({ rollout, events, looks }: WireRecord): RolloutRecord {
  return {
    definition: readDefinition(rollout),
    phases: rollout.phases.map(({ phase, started_at: startedAt }) => ({ phase: phase - 1, startedAt })),
    events: events.map(readEvent),
    // The rest of a look is recomputed.
    looks: looks.map(
      ({ phase, at, last_sequence: lastSequence }) => ({ phase: phase - 1, at, lastSequence }) as Look,
    ),
  };
}

function readDefinition(rollout: RolloutDetail): RolloutDefinition {
  return {
    rolloutId: rollout.rollout_id,
    steps: rollout.steps.map(({ percent, hold_min: holdMin }) => ({ percent, holdMin })),
    minUnits: rollout.min_units,
    primary: readMetric(rollout.primary),
    guardrails: rollout.guardrails.map(readMetric),
    alpha: rollout.alpha,
    onGuardrail: rollout.on_guardrail,
    onSuccess: rollout.on_success,
  };
}

function readMetric({ metric, kind, direction, max_regression: maxRegression }: RolloutMetric): MetricRule {
  const rule = resolveMetric(metric, { direction, maxRegression, ...(kind === 'quantile' ? {} : { kind }) });
  if (rule?.kind !== kind) {
    throw new CliError(
      `This version of prompt-ledger does not know the metric ${metric}; install a newer one.`,
    );
  }
  return rule;
}

function readEvent(event: RolloutExposure | RolloutValue): RolloutEvent {
  const { sequence, execution_id: executionId } = event;
  if (event.kind === 'value') {
    return { kind: 'value', sequence, executionId, metric: event.metric, value: event.value };
  }
  return {
    kind: 'exposure',
    sequence,
    executionId,
    phase: event.phase - 1,
    arm: event.arm,
    unit: event.unit,
  };
}
