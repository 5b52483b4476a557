import { createRandom } from '../simulation/random.testkit.js';
import { type Arm, assignArm, bucketUnit } from '../../../bucketing/index.js';
import type { Look } from '../deciding/look.js';
import { resolveMetric, type RolloutDefinition } from '../deciding/rollout-definition.js';
import type { RolloutEvent, RolloutRecord } from './rollout-record.js';
import { recomputeLooks, verifyLooks } from './verify-looks.js';

const STARTED_AT = '2026-01-01T00:00:00.000Z';
const DEFINITION: RolloutDefinition = {
  rolloutId: 'rollout',
  steps: [{ percent: 50, holdMin: 0 }],
  minUnits: 20,
  primary: resolveMetric('score:good', { kind: 'yes_no' })!,
  guardrails: [
    resolveMetric('score:good', { kind: 'yes_no' })!,
    resolveMetric('cost_usd')!,
    resolveMetric('latency_p50_ms')!,
  ],
  alpha: 0.05,
  onGuardrail: 'roll_back',
  onSuccess: 'hold',
};

function simulateRecord(executions = 600): RolloutRecord {
  const random = createRandom(5);
  const events: RolloutEvent[] = [];
  const marks: number[] = [];
  for (let nth = 0; nth < executions; nth += 1) {
    const executionId = `e${nth}`;
    const unit = `u${nth % 400}`;
    const arm = assignArm(bucketUnit('rollout', unit), 50);
    const next = () => events.length + 1;
    events.push({ kind: 'exposure', sequence: next(), executionId, phase: 0, arm, unit });
    events.push({ kind: 'value', sequence: next(), executionId, metric: 'cost_usd', value: random() });
    events.push({
      kind: 'value',
      sequence: next(),
      executionId,
      metric: 'latency_p50_ms',
      value: 100 * random(),
    });
    // Every third score comes later than the others, and some never come.
    const scored = nth % 3 === 0 ? nth - 30 : nth;
    if (scored >= 0) {
      const value = random() < (arm === 'control' ? 0.95 : 0.4) ? 1 : 0;
      events.push({
        kind: 'value',
        sequence: next(),
        executionId: `e${scored}`,
        metric: 'score:good',
        value,
      });
    }
    if (nth % 50 === 49) marks.push(events.length);
  }
  const wanted = marks.map((lastSequence, nth) => ({
    phase: 0,
    at: `2026-01-01T00:${String(nth + 1).padStart(2, '0')}:00.000Z`,
    lastSequence,
  })) as unknown as Look[];
  const record = {
    definition: DEFINITION,
    phases: [{ phase: 0, startedAt: STARTED_AT }],
    events,
    looks: wanted,
  };
  return { ...record, looks: recomputeLooks(record) };
}

function count(record: RolloutRecord, events: readonly RolloutEvent[]) {
  const [look] = recomputeLooks({ ...record, events, looks: record.looks.slice(-1) });
  return look!;
}

describe('verifyLooks', () => {
  const record = simulateRecord();

  it('finds every look as it was, also after a trip through JSON', () => {
    expect(verifyLooks(record)).toEqual({ looks: 12, differences: [] });
    expect(verifyLooks(JSON.parse(JSON.stringify(record)) as RolloutRecord).differences).toEqual([]);
    expect(record.looks.at(-1)?.decision).toMatchObject({ kind: 'guardrail', metrics: ['score:good'] });
    expect(record.looks[0]).toMatchObject({ elapsedMin: 1, decision: { kind: 'continue' } });
  });

  it('does not mind in which order the record lists its events', () => {
    expect(verifyLooks({ ...record, events: [...record.events].reverse() }).differences).toEqual([]);
  });

  it('finds a decision that was changed, and a figure', () => {
    const forged = structuredClone(record) as unknown as { looks: Record<string, unknown>[] };
    forged.looks[11]!.decision = { kind: 'continue' };
    forged.looks[2]!.ratioPValue = 0.5;
    const { differences } = verifyLooks(forged as unknown as RolloutRecord);
    expect(differences.map(({ look, pointer }) => `${look} ${pointer}`)).toEqual([
      '2 /ratioPValue',
      '11 /decision/kind',
      '11 /decision/action',
      '11 /decision/metrics',
    ]);
  });

  it('finds a value that was changed, added or removed', () => {
    const changed = record.events.map((event) =>
      event.kind === 'value' && event.metric === 'score:good' && event.executionId === 'e1'
        ? { ...event, value: 1 - event.value }
        : event,
    );
    for (const events of [
      changed,
      record.events.slice(1),
      record.events.filter(({ sequence }) => sequence !== 40),
    ]) {
      expect(verifyLooks({ ...record, events }).differences).not.toEqual([]);
    }
  });

  it('counts a unit once, with its first yes or no and the mean of its numbers', () => {
    const exposures = (['a', 'b'] as const).map((executionId, nth): RolloutEvent => ({
      kind: 'exposure',
      sequence: nth + 1,
      executionId,
      phase: 0,
      arm: 'control',
      unit: 'u',
    }));
    const value = (sequence: number, executionId: string, metric: string, of: number): RolloutEvent => ({
      kind: 'value',
      sequence,
      executionId,
      metric,
      value: of,
    });
    const events = [
      ...exposures,
      value(3, 'b', 'score:good', 1),
      value(4, 'a', 'score:good', 0),
      value(5, 'a', 'cost_usd', 1),
      value(6, 'b', 'cost_usd', 2),
      // A second value of the same execution, one without an execution, one that is not a number, and one of another metric.
      value(7, 'b', 'cost_usd', 500),
      value(8, 'unheard-of', 'score:good', 0),
      value(9, 'a', 'latency_p50_ms', NaN),
      value(10, 'a', 'another', 3),
    ];
    const { units, executions, comparisons } = count(record, events);
    const figures = Object.fromEntries(comparisons.map(({ metric, arms }) => [metric, arms.control]));
    expect([units, executions]).toEqual([
      { control: 1, candidate: 0 },
      { control: 2, candidate: 0 },
    ]);
    expect(figures['score:good']).toMatchObject({ values: 1, missing: 0, estimate: 1 });
    expect(figures['cost_usd']).toMatchObject({ values: 1, estimate: 1.5 });
    expect(figures['latency_p50_ms']).toMatchObject({ values: 0, missing: 1, estimate: null });
  });

  it('keeps the units of each step apart', () => {
    const expose = (sequence: number, phase: number, arm: Arm): RolloutEvent => ({
      kind: 'exposure',
      sequence,
      executionId: `x${sequence}`,
      phase,
      arm,
      unit: 'same',
    });
    const steps = [
      { percent: 10, holdMin: 0 },
      { percent: 50, holdMin: 0 },
    ];
    const looks = [0, 1].map((phase) => ({ phase, at: STARTED_AT, lastSequence: 9 })) as unknown as Look[];
    const events = [expose(1, 0, 'control'), expose(2, 0, 'control'), expose(3, 1, 'candidate')];
    const found = recomputeLooks({ ...record, definition: { ...DEFINITION, steps }, events, looks });
    expect(found.map(({ units }) => units)).toEqual([
      { control: 1, candidate: 0 },
      { control: 0, candidate: 1 },
    ]);
  });
});
