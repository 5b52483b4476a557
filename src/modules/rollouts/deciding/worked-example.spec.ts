import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ratioEvidence } from '../../../statistics/sequential/index.js';
import { decideLook } from './decide-look.js';
import type { PhaseState } from './phase-state.js';
import { resolveMetric, type RolloutDefinition } from './rollout-definition.js';

const DOCUMENT = readFileSync(path.join(__dirname, '../../../../docs/rollout-statistics.md'), 'utf8');
const RULE = resolveMetric('score:good', { kind: 'yes_no' })!;
const DEFINITION: RolloutDefinition = {
  rolloutId: 'example',
  steps: [
    { percent: 10, holdMin: 0 },
    { percent: 50, holdMin: 0 },
  ],
  minUnits: 100,
  primary: RULE,
  guardrails: [RULE],
  alpha: 0.05,
  onGuardrail: 'roll_back',
  onSuccess: 'hold',
};

function lookAfter(units: number) {
  const toArm = (successes: number): PhaseState['arms']['control'] => ({
    units,
    executions: units,
    metrics: new Map([[RULE.metric, { kind: 'yes_no', values: units, successes }]]),
  });
  return decideLook(DEFINITION, {
    phase: 1,
    at: '2026-01-01T00:00:00.000Z',
    elapsedMin: 60,
    lastSequence: 0,
    leastRatioPValue: 1,
    arms: { control: toArm(0.8 * units), candidate: toArm(0.7 * units) },
  });
}

/** The document prints the same figures that the code computes. */
describe('the example of docs/rollout-statistics.md', () => {
  it.each([
    [400, 'continue'],
    [800, 'continue'],
    [1000, 'roll back'],
  ])('after %d units', (units, decision) => {
    const { comparisons, ...look } = lookAfter(units);
    const { control, candidate } = comparisons[1]!.arms;
    const bounds = ({ low, high }: typeof control) =>
      `${(100 * low!).toFixed(1)}–${(100 * high!).toFixed(1)} %`;
    const cells = [
      units.toLocaleString('en-US'),
      0.8 * units,
      bounds(control),
      0.7 * units,
      bounds(candidate),
      decision,
    ];
    expect(DOCUMENT).toContain(`| ${cells.join(' | ')} |`);
    expect(look.decision.kind).toBe(decision === 'continue' ? 'continue' : 'guardrail');
  });

  it('says where the two part, and what the split is worth', () => {
    const { control, candidate } = lookAfter(1000).comparisons[1]!.arms;
    expect(DOCUMENT).toContain(`at most ${(100 * candidate.high!).toFixed(2)} %`);
    expect(DOCUMENT).toContain(`least ${(100 * control.low!).toFixed(2)} %`);
    expect(DOCUMENT).toContain(
      `p-value is ${ratioEvidence([1100, 900], [1, 1]).pValue.toFixed(4)} for 1,100 of 2,000`,
    );
    expect(ratioEvidence([1012, 988], [1, 1]).pValue).toBe(1);
  });
});
