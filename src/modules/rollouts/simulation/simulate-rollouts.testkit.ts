import { ranksOfQuantile, ROLLOUT_T_OPT } from '../../../statistics/sequential/index.js';
import { decideLook } from '../deciding/decide-look.js';
import type { PhaseState } from '../deciding/phase-state.js';
import {
  type Direction,
  type MetricKind,
  type RolloutDefinition,
  splitAlpha,
} from '../deciding/rollout-definition.js';
import { type ArmPair, createArmPair } from './arm-counters.testkit.js';
import { createRandom } from './random.testkit.js';

/** A kind of rollout and its data. Units arrive one by one, each with one value. */
export interface Scenario {
  readonly name: string;
  readonly kind: MetricKind;
  readonly direction: Direction;
  readonly quantile?: number;
  /** The candidate's share in each step. */
  readonly steps: readonly number[];
  readonly minUnits: number;
  /** Minimum length of a step, in units of both arms. */
  readonly holdUnits?: number;
  /** Units of both arms in the whole rollout. */
  readonly units: number;
  /** @param time the elapsed part of the rollout, from 0 to 1. */
  readonly draw: (random: () => number, arm: 0 | 1, time: number) => number;
  /** The true shares of both arms, if they are constant. The simulation then counts how often the bounds contain them. */
  readonly truth?: readonly [control: number, candidate: number];
}

export interface SimulationOptions {
  readonly rollouts: number;
  /** Units between two looks. */
  readonly lookEvery: number;
  readonly seed?: number;
  /** Compares every look with `decideLook`, which is slow. */
  readonly isChecked?: boolean;
}

export interface SimulationResult {
  readonly rollouts: number;
  /** The number of units before each roll-back. */
  readonly rolledBackAfter: readonly number[];
  /** The number of rollouts in which the bounds of both arms contained the truth at each look; null without a constant truth. */
  readonly covered: number | null;
}

export const ALPHA = 0.05;

export function simulateRollouts(scenario: Scenario, options: SimulationOptions): SimulationResult {
  const { rollouts, seed = 1 } = options;
  const rolledBackAfter: number[] = [];
  const coverage =
    scenario.truth === undefined || options.isChecked === true
      ? null
      : new Coverage(scenario, scenario.truth);
  let covered = 0;
  for (let nth = 0; nth < rollouts; nth += 1) {
    const random = createRandom(Math.imul(seed, 1_000_003) + Math.imul(nth, 7919));
    const after = simulateOne(scenario, options, random);
    if (after !== null) rolledBackAfter.push(after);
    if (coverage?.holds(createRandom(Math.imul(nth + 1, 15_485_863)), options.lookEvery) === true)
      covered += 1;
  }
  rolledBackAfter.sort((a, b) => a - b);
  return { rollouts, rolledBackAfter, covered: coverage === null ? null : covered };
}

/** @returns the number of units before the roll-back; null without one. */
function simulateOne(
  scenario: Scenario,
  { lookEvery, isChecked }: SimulationOptions,
  random: () => number,
): number | null {
  const { kind, direction, steps, units, minUnits, holdUnits = 0, draw, quantile = 0.95 } = scenario;
  const definition = defineRollout(scenario);
  const createPair = () =>
    createArmPair(kind, { direction, quantile, maxRegression: 0, alpha: splitAlpha(definition) });
  let phase = 0;
  let began = 0;
  let pair = createPair();
  for (let unit = 1; unit <= units; unit += 1) {
    const arm = random() * 100 < steps[phase]! ? 1 : 0;
    pair.add(arm, draw(random, arm, unit / units));
    const [control, candidate] = pair.counts;
    if (unit % lookEvery !== 0) continue;
    const isEnough = control >= minUnits && candidate >= minUnits;
    const isBad = isEnough && pair.isWorse();
    if (isChecked === true) assertSameDecision(definition, phase, pair, isBad);
    if (isBad) return unit;
    if (isEnough && phase < steps.length - 1 && unit - began >= holdUnits) {
      phase += 1;
      began = unit;
      pair = createPair();
    }
  }
  return null;
}

export function defineRollout({
  kind,
  direction,
  steps,
  minUnits,
  quantile = 0.95,
}: Scenario): RolloutDefinition {
  const rule = {
    metric: 'm',
    kind,
    quantile: kind === 'quantile' ? quantile : null,
    direction,
    maxRegression: 0,
  };
  return {
    rolloutId: 'simulated',
    steps: steps.map((percent) => ({ percent, holdMin: 0 })),
    minUnits,
    primary: rule,
    guardrails: [rule],
    alpha: ALPHA,
    onGuardrail: 'roll_back',
    onSuccess: 'hold',
  };
}

function assertSameDecision(
  definition: RolloutDefinition,
  phase: number,
  pair: ArmPair,
  isBad: boolean,
): void {
  const [control, candidate] = pair.toValues();
  const toArm = (
    values: PhaseState['arms']['control']['metrics'] extends ReadonlyMap<string, infer V> ? V : never,
  ) => ({
    units: values.values,
    executions: values.values,
    metrics: new Map([['m', values]]),
  });
  const { decision } = decideLook(definition, {
    phase,
    at: '2026-01-01T00:00:00.000Z',
    elapsedMin: 0,
    lastSequence: 0,
    leastRatioPValue: 1,
    arms: { control: toArm(control), candidate: toArm(candidate) },
  });
  if ((decision.kind === 'guardrail') !== isBad) {
    throw new Error(
      `decideLook says ${decision.kind} where the simulation says ${isBad ? 'bad' : 'not bad'}`,
    );
  }
}

/** Tests whether the bounds of both arms contain the truth at all looks. For a known share, that means its count lies in a known range. */
class Coverage {
  private readonly ranks: readonly (readonly [number, number])[][];

  constructor(
    private readonly scenario: Scenario,
    private readonly truth: readonly [number, number],
  ) {
    const alpha = splitAlpha(defineRollout(scenario)) / 2;
    this.ranks = truth.map((share) =>
      Array.from({ length: scenario.units + 1 }, (_, trials) =>
        ranksOfQuantile(trials, share, { alpha, tOpt: ROLLOUT_T_OPT }),
      ),
    );
  }

  holds(random: () => number, lookEvery: number): boolean {
    const counts: [number, number] = [0, 0];
    const successes: [number, number] = [0, 0];
    for (let unit = 1; unit <= this.scenario.units; unit += 1) {
      const arm = random() * 100 < this.scenario.steps[0]! ? 1 : 0;
      counts[arm] += 1;
      if (random() < this.truth[arm]) successes[arm] += 1;
      if (unit % lookEvery !== 0) continue;
      for (const each of [0, 1] as const) {
        const [fewest, most] = this.ranks[each]![counts[each]]!;
        if (successes[each] < fewest || successes[each] > most) return false;
      }
    }
    return true;
  }
}
