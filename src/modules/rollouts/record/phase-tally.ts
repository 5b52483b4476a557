import { type Arm, ARMS } from '../../../bucketing/index.js';
import type { ArmState, PhaseState } from '../deciding/phase-state.js';
import type { MetricKind, MetricRule, RolloutDefinition } from '../deciding/rollout-definition.js';
import type { Exposure, MetricValue } from './rollout-record.js';
import { createUnitValues, type UnitValues } from './unit-values.js';

/** Counts the units of one step, independently of other steps. */
export class PhaseTally {
  private readonly arms: Readonly<Record<Arm, ArmTally>>;

  constructor(
    private readonly phase: number,
    { primary, guardrails }: Pick<RolloutDefinition, 'primary' | 'guardrails'>,
  ) {
    const rules = [primary, ...guardrails];
    this.arms = { control: new ArmTally(rules), candidate: new ArmTally(rules) };
  }

  expose({ arm, unit }: Pick<Exposure, 'arm' | 'unit'>): void {
    this.arms[arm].expose(unit);
  }

  /** @param exposure the exposure of the value's execution. */
  addValue(
    { metric, value }: Pick<MetricValue, 'metric' | 'value'>,
    { arm, unit }: Pick<Exposure, 'arm' | 'unit'>,
  ): void {
    this.arms[arm].addValue(metric, unit, value);
  }

  toState(look: Pick<PhaseState, 'at' | 'elapsedMin' | 'lastSequence' | 'leastRatioPValue'>): PhaseState {
    const [control, candidate] = ARMS.map((arm) => this.arms[arm].toState()) as [ArmState, ArmState];
    return { phase: this.phase, ...look, arms: { control, candidate } };
  }
}

class ArmTally {
  private readonly units = new Set<string>();
  private executions = 0;
  private readonly metrics: ReadonlyMap<string, UnitValues>;

  constructor(rules: readonly MetricRule[]) {
    const kinds = new Map<string, MetricKind>(rules.map(({ metric, kind }) => [metric, kind]));
    this.metrics = new Map([...kinds].map(([metric, kind]) => [metric, createUnitValues(kind)]));
  }

  expose(unit: string): void {
    this.units.add(unit);
    this.executions += 1;
  }

  addValue(metric: string, unit: string, value: number): void {
    if (Number.isFinite(value)) this.metrics.get(metric)?.add(unit, value);
  }

  toState(): ArmState {
    const metrics = new Map([...this.metrics].map(([metric, values]) => [metric, values.toValues()]));
    return { units: this.units.size, executions: this.executions, metrics };
  }
}
