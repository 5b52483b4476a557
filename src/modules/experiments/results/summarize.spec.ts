import type { ExperimentPlan } from '../experiment-plan.js';
import { progressView, summarize } from './summarize.js';

const plan = {
  candidates: [{ label: 'a' }],
  scorers: [{ name: 's', version_number: 2 }],
  repetitions: 3,
  pass_threshold: 2 / 3,
} as unknown as ExperimentPlan;
const cells = {
  candidate: 0,
  open: 1,
  succeeded: 30,
  failed: 2,
  canceled: 0,
  costPicoUsd: '1500000000000',
  p50Ms: 12,
  p95Ms: 30,
};

describe('summarize', () => {
  it('counts items, and averages what their repetitions say', () => {
    const group = (passes: number, items: number) => ({
      candidate: 0,
      scorer: 0,
      passes,
      items,
      sumOfMeans: (passes / 3) * items,
    });
    const [row] = summarize(plan, {
      candidates: [cells],
      groups: [group(3, 4), group(2, 3), group(0, 3)],
      scorerErrors: [{ candidate: 0, scorer: 0, errors: 1 }],
    });
    expect(row).toMatchObject({
      candidate: 'a',
      scorer: 's',
      scorer_version: 2,
      n: 10,
      pass_rate: 0.7,
      pass_rate_interval: [expect.closeTo(0.396778, 6), expect.closeTo(0.892209, 6)],
      errors: 3,
      cost_usd: '1.5',
      latency_ms: { p50: 12, p95: 30 },
    });
    expect(row?.mean).toBeCloseTo(0.6, 12);
    expect(row?.pass_at_k?.['1']).toBeCloseTo(0.6, 12);
    expect(row?.pass_at_k?.['2']).toBeCloseTo(0.7, 12);
    expect(row?.pass_hat_k?.['2']).toBeCloseTo(0.4 + 0.3 / 3, 12);
    expect(row?.pass_hat_k?.['3']).toBeCloseTo(0.4, 12);
  });

  it('knows nothing before anything was scored', () => {
    expect(summarize(plan, { candidates: [], groups: [], scorerErrors: [] })).toMatchObject([
      {
        n: 0,
        mean: null,
        pass_rate: null,
        pass_rate_interval: null,
        pass_at_k: null,
        errors: 0,
        cost_usd: '0',
      },
    ]);
  });
});

describe('progressView', () => {
  it.each([
    ['running', { queued: 67, running: 1, succeeded: 30, failed: 2, canceled: 0 }],
    ['canceled', { queued: 0, running: 1, succeeded: 30, failed: 2, canceled: 67 }],
  ] as const)('of one that is %s', (status, expected) => {
    expect(progressView({ cellCount: 100, status }, [cells])).toEqual({ cells: 100, ...expected });
  });
});
