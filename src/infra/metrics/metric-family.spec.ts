import { MOST_ATTEMPT_SETS, MOST_MODELS, MOST_TIMED_MODELS } from './execution-metrics.js';
import { countSeries, formatReports } from './format-reports.js';
import { counterFamily, type FamilyReport, histogramFamily } from './metric-family.js';
import { Metrics } from './metrics.js';

const byLabel = ({ series }: FamilyReport) =>
  Object.fromEntries(series.map(({ labels, numbers }) => [labels.join(' '), numbers[0]]));

describe('a family of series', () => {
  const open = () =>
    counterFamily({
      name: 'calls_total',
      help: 'Calls.',
      labelNames: ['provider', 'outcome'],
      mostSets: 2,
      other: ['other', null],
    });

  it('gives the same series for the same labels', () => {
    const calls = open();
    calls.with('a', 'ok').value += 1;
    calls.with('a', 'ok').value += 1;
    expect(byLabel(calls.report())).toEqual({ 'a ok': 2 });
  });

  it('puts what is beyond its bound together, and leaves the labels that are few', () => {
    const calls = open();
    for (const provider of ['a', 'b', 'c', 'd', 'a']) calls.with(provider, 'ok').value += 1;
    calls.with('c', 'failed').value += 1;
    expect(byLabel(calls.report())).toEqual({ 'a ok': 2, 'b ok': 1, 'other ok': 2, 'other failed': 1 });
  });

  it('does not take its own "other" for one of those that have a name', () => {
    const calls = open();
    for (const provider of ['other', 'a', 'b', 'c']) calls.with(provider, 'ok').value += 1;
    expect(byLabel(calls.report())).toEqual({ 'a ok': 1, 'b ok': 1, 'other ok': 2 });
  });
});

describe('what Prometheus reads', () => {
  it('is cumulative in the buckets of a histogram, whose bounds belong to the bucket below', async () => {
    const times = histogramFamily({
      name: 'time_seconds',
      help: 'Time.',
      labelNames: ['of'],
      bounds: [0.1, 1],
    });
    for (const seconds of [0.05, 0.1, 0.5, 7]) times.with('x').observe(seconds);
    expect(await formatReports([times.report()])).toBe(
      [
        '# HELP time_seconds Time.',
        '# TYPE time_seconds histogram',
        'time_seconds_bucket{of="x",le="0.1"} 2',
        'time_seconds_bucket{of="x",le="1"} 3',
        'time_seconds_bucket{of="x",le="+Inf"} 4',
        'time_seconds_sum{of="x"} 7.65',
        'time_seconds_count{of="x"} 4',
        '',
      ].join('\n'),
    );
  });

  it('escapes what stands in a label', async () => {
    const calls = counterFamily({ name: 'calls_total', help: 'Calls.', labelNames: ['model'] });
    calls.with('a"b\\c\nd').value += 1;
    expect(await formatReports([calls.report()])).toContain('calls_total{model="a\\"b\\\\c\\nd"} 1');
  });
});

describe('all series together', () => {
  /** The number of series that no unit test sees: pools, caches, circuits, the queue, webhooks, budgets, the version. */
  const OF_THE_ROOMS = 6 + 10 + 2 + 2 + 1 + 4 + 1;
  const OUTCOMES = [
    'succeeded',
    'timeout',
    'rate_limited',
    'provider_error',
    'provider_rejected',
    'connection',
    'internal',
    'outcome_unknown',
    'client_closed',
  ];

  it('are a thousand at most, whatever is called, with whatever outcome', async () => {
    const metrics = new Metrics();
    const { http, executions } = metrics;
    const routes = [
      '/v1/executions\\:run',
      '/v1/executions\\:submit',
      '/v1/executions\\:stream',
      '/openai/v1/chat/completions',
    ];
    for (let route = 0; route < 90; route += 1) routes.push(`/v1/things-${route}`);
    for (const method of ['GET', 'POST', 'DELETE', 'BREW']) {
      for (const route of [...routes, '/v1/prompts/:name', '/v1/executions/:execution_id', null]) {
        for (const status of [200, 204, 301, 400, 404, 429, 500, 503, null])
          http.observe(method, route, status, 3);
      }
    }
    for (let n = 0; n < 300; n += 1) {
      const model = { provider: `provider-${n % 20}`, modelName: `model-${n}` };
      for (const outcome of OUTCOMES) {
        executions.attemptEnded(model, {
          outcome,
          latencyMs: 5,
          firstTokenMs: 2,
          promptTokens: 1,
          responseTokens: 1,
          costUsd: 0.5,
        });
      }
      for (const mode of ['sync', 'async'] as const) {
        for (const status of ['succeeded', 'failed', 'canceled'])
          executions.executionEnded(model, mode, status);
      }
    }
    for (const mode of ['sync', 'async', 'unknown'] as const) executions.executionEnded(null, mode, 'failed');
    const report = await metrics.report();
    expect(countSeries(report) + OF_THE_ROOMS).toBeLessThanOrEqual(1000);
    const costs = report.find(({ name }) => name === 'prompt_ledger_cost_usd_total') as FamilyReport;
    expect(costs.series).toHaveLength(MOST_MODELS + 1);
    // Executions under `other` are counted too.
    expect(costs.series.reduce((sum, { numbers }) => sum + (numbers[0] ?? 0), 0)).toBe(
      300 * OUTCOMES.length * 0.5,
    );
    const times = report.find(({ name }) => name === 'prompt_ledger_call_duration_seconds') as FamilyReport;
    expect(times.series).toHaveLength(MOST_TIMED_MODELS + 1);
    const attempts = report.find(({ name }) => name === 'prompt_ledger_attempts_total') as FamilyReport;
    expect(attempts.series).toHaveLength(MOST_ATTEMPT_SETS + OUTCOMES.length);
  });
});
