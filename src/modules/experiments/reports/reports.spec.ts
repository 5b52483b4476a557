import type { ComparisonDto } from '../dto/comparison.dto.js';
import type { ExperimentDetailDto } from '../dto/experiment-detail.dto.js';
import type { ItemResultDto } from '../dto/results.dto.js';
import { junitReport } from './junit-report.js';
import { markdownReport } from './markdown-report.js';

const experiment = {
  name: 'a <b> & "c" | d',
  status: 'completed',
  dataset: { name: 'tickets', version: 'f'.repeat(64), item_count: 3 },
  repetitions: 1,
  cost_usd: '0.5',
  progress: { cells: 3, succeeded: 2, failed: 1 },
  candidates: [{ label: 'new' }],
  scorers: [{ name: 'short' }],
  summary: [
    {
      candidate: 'new',
      scorer: 'short',
      scorer_version: 1,
      n: 2,
      mean: 0.5,
      pass_rate: 0.5,
      pass_rate_interval: [0.1, 0.9],
      errors: 1,
      latency_ms: { p50: 10, p95: null },
    },
  ],
} as unknown as ExperimentDetailDto;

const result = (index: number, passed: boolean | null): ItemResultDto =>
  ({
    item: { index, external_id: index === 0 ? '<first>' : null, item_hash: 'e'.repeat(64) },
    candidate: 'new',
    scores: [
      { scorer: 'short', value: passed === null ? null : Number(passed), passes: Number(passed), passed },
    ],
    cells: [
      {
        latency_ms: 250,
        error: passed === null ? { code: 'timeout', message: 'says what was asked' } : null,
        scores: [{ scorer: 'short', passed, value: 0, label: null, explanation: 'quotes the answer' }],
      },
    ],
  }) as unknown as ItemResultDto;

async function* pages() {
  yield await Promise.resolve([result(0, true), result(1, false)]);
  yield await Promise.resolve([result(2, null)]);
}

describe('junitReport', () => {
  it('has a case for each item: failures for what does not pass, errors for what has no score', async () => {
    const text = await junitReport(experiment, pages());
    expect(text).toContain(
      '<testsuites name="a &lt;b&gt; &amp; &quot;c&quot; | d" tests="3" failures="1" errors="1"',
    );
    expect(text).toContain('name="&lt;first&gt;" time="0.25"/>');
    expect(text).toContain('<failure message="0 of 1 pass. First: 0"/>');
    expect(text).toContain('<error message="timeout"/>');
  });

  it('quotes neither answers nor messages', async () => {
    expect(await junitReport(experiment, pages())).not.toMatch(/quotes|says/);
  });
});

describe('markdownReport', () => {
  it('keeps the text of others from being markup', () => {
    const text = markdownReport({ experiment, comparisons: [] });
    expect(text).toContain(String.raw`## a \<b\> \& "c" \| d`);
    expect(text).toContain('| new | short@1 | 2 | 0.5 | 50.0 % | 10.0 % to 90.0 % | 1 | 10 ms | – |');
  });

  it('says what a comparison comes to, with the largest losses', () => {
    const comparison = {
      baseline: 'old',
      candidate: 'new',
      scorer: 'short',
      scorer_version: 1,
      verdict: 'worse',
      delta: -0.25,
      interval: [-0.4, -0.1],
      p_value: 0.00001,
      method: 'paired_t',
      wins: 1,
      losses: 9,
      ties: 0,
      missing: 0,
      flipped: [{ index: 4, external_id: null, item_hash: 'e'.repeat(64), baseline: 1, candidate: 0 }],
    } as unknown as ComparisonDto;
    const text = markdownReport({ experiment, comparisons: [comparison] });
    expect(text).toContain(
      '| old → new | short@1 | ❌ worse | -0.25 | -0.4 to -0.1 | < 0.0001 (paired_t) | 1 / 9 / 0 | 0 |',
    );
    expect(text).toContain('| #5 `eeeeeeeeeeee` | 1 | 0 |');
  });
});
