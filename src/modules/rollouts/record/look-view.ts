import type { Comparison, Decision, Estimate, Look } from '../deciding/look.js';
import type {
  ArmFiguresDto,
  MetricComparisonDto,
  DecisionDto,
  EstimateDto,
  LookFiguresDto,
} from './looks.dto.js';

/** Returns a look in wire form, where steps count from 1. The statistics count from 0. */
export function lookView(look: Look): LookFiguresDto {
  return {
    phase: look.phase + 1,
    at: look.at,
    elapsed_min: look.elapsedMin,
    last_sequence: look.lastSequence,
    alpha_per_test: look.alphaPerTest,
    units: { control: look.units.control, candidate: look.units.candidate },
    executions: { control: look.executions.control, candidate: look.executions.candidate },
    ratio_p_value: look.ratioPValue,
    comparisons: look.comparisons.map(comparisonView),
    decision: decisionView(look.decision),
  };
}

export function comparisonView(comparison: Comparison): MetricComparisonDto {
  const { control, candidate } = comparison.arms;
  return {
    metric: comparison.metric,
    role: comparison.role,
    kind: comparison.kind,
    direction: comparison.direction,
    max_regression: comparison.maxRegression,
    arms: { control: figuresView(control), candidate: figuresView(candidate) },
    effect: {
      absolute: estimateView(comparison.effect.absolute),
      relative: estimateView(comparison.effect.relative),
    },
    missing_p_value: comparison.missingPValue,
    is_enough: comparison.isEnough,
    is_bad: comparison.isBad,
    is_good: comparison.isGood,
  };
}

function decisionView(decision: Decision): DecisionDto {
  switch (decision.kind) {
    case 'continue':
      return { kind: 'continue' };
    case 'next_step':
      return { kind: 'next_step', phase: decision.phase + 1 };
    case 'guardrail':
      return { kind: 'guardrail', action: decision.action, metrics: [...decision.metrics] };
    case 'success':
      return { kind: 'success', action: decision.action };
  }
}

function figuresView({ values, missing, ...found }: Comparison['arms']['control']): ArmFiguresDto {
  return { values, missing, ...estimateView(found) };
}

function estimateView({ estimate, low, high }: Estimate): EstimateDto {
  return { estimate, low, high };
}
