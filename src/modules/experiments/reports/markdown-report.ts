import type { ComparisonDto, FlippedItemDto } from '../dto/comparison.dto.js';
import type { CandidateScoreDto } from '../dto/experiment-detail.dto.js';
import type { ReportContext } from './report-context.js';

const MOST_FLIPPED = 10;

const VERDICTS = {
  better: '✅ better',
  worse: '❌ worse',
  no_difference: '⚪ no difference',
  cannot_tell: '❔ cannot tell',
} as const;

/** Writes a comment for a pull request. */
export function markdownReport({ experiment, comparisons }: ReportContext): string {
  const { name, status, dataset, progress, cost_usd: cost, repetitions } = experiment;
  const lines = [
    `## ${escape(name)}`,
    '',
    `\`${status}\` · ${dataset.item_count} items of \`${escape(dataset.name)}\` at \`${dataset.version.slice(0, 12)}\` · ${repetitions} × each · ${progress.succeeded} of ${progress.cells} cells succeeded, ${progress.failed} failed · ${cost === null ? 'cost unknown' : `$${cost}`}`,
    '',
    ...table(
      ['candidate', 'scorer', 'items', 'mean', 'pass rate', '95 % interval', 'errors', 'p50', 'p95'],
      experiment.summary.map(summaryRow),
    ),
  ];
  if (comparisons.length > 0) {
    lines.push(
      '',
      ...table(
        [
          'comparison',
          'scorer',
          'verdict',
          'difference',
          '95 % interval',
          'p',
          'wins / losses / ties',
          'missing',
        ],
        comparisons.map(comparisonRow),
      ),
    );
  }
  lines.push(...comparisons.flatMap(flippedLines));
  return `${lines.join('\n')}\n`;
}

function summaryRow(row: CandidateScoreDto): string[] {
  return [
    escape(row.candidate),
    `${escape(row.scorer)}@${row.scorer_version}`,
    String(row.n),
    figure(row.mean),
    percent(row.pass_rate),
    row.pass_rate_interval === null ? '–' : row.pass_rate_interval.map(percent).join(' to '),
    String(row.errors),
    milliseconds(row.latency_ms.p50),
    milliseconds(row.latency_ms.p95),
  ];
}

function comparisonRow(row: ComparisonDto): string[] {
  return [
    `${escape(row.baseline)} → ${escape(row.candidate)}`,
    `${escape(row.scorer)}@${row.scorer_version}`,
    VERDICTS[row.verdict],
    figure(row.delta),
    row.interval === null ? '–' : row.interval.map(figure).join(' to '),
    `${row.p_value < 0.0001 ? '< 0.0001' : row.p_value.toFixed(4)} (${row.method})`,
    `${row.wins} / ${row.losses} / ${row.ties}`,
    String(row.missing),
  ];
}

function flippedLines({ scorer, baseline, candidate, flipped }: ComparisonDto): string[] {
  const losses = flipped.filter((item) => item.candidate < item.baseline).slice(0, MOST_FLIPPED);
  if (losses.length === 0) return [];
  const rows = losses.map((item) => [itemName(item), figure(item.baseline), figure(item.candidate)]);
  return [
    '',
    `<details><summary>Largest losses by ${escape(scorer)}</summary>`,
    '',
    ...table(['item', escape(baseline), escape(candidate)], rows),
    '',
    '</details>',
  ];
}

function itemName({ external_id: id, index, item_hash: hash }: FlippedItemDto): string {
  return id === null ? `#${index + 1} \`${hash.slice(0, 12)}\`` : escape(id);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** Escapes text, so that it creates neither markup nor another cell. */
function escape(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>()#+\-.!|~&@]/g, '\\$&').replaceAll(/\s+/g, ' ');
}

function figure(value: number | null): string {
  return value === null ? '–' : String(Number(value.toPrecision(4)));
}

function percent(value: number | null): string {
  return value === null ? '–' : `${(value * 100).toFixed(1)} %`;
}

function milliseconds(value: number | null): string {
  return value === null ? '–' : `${Math.round(value)} ms`;
}
