import type { CellDto, ItemResultDto } from '../dto/results.dto.js';
import type { ExperimentDetailDto } from '../dto/experiment-detail.dto.js';

interface Case {
  readonly name: string;
  readonly seconds: number;
  /** Null for an item that passes. */
  readonly trouble: { readonly kind: 'failure' | 'error'; readonly message: string } | null;
}

/**
 * Writes JUnit XML for test reporters, with a suite for each candidate and scorer and a case for each item. An item that does
 * not pass is a failure, and one without a score is an error.
 */
export async function junitReport(
  experiment: ExperimentDetailDto,
  pages: AsyncIterable<readonly ItemResultDto[]>,
): Promise<string> {
  const suites = new Map<string, Case[]>();
  for (const { label } of experiment.candidates) {
    for (const { name } of experiment.scorers) suites.set(suiteName(label, name), []);
  }
  for await (const results of pages) {
    for (const result of results) {
      for (const [scorer, found] of listCases(result))
        suites.get(suiteName(result.candidate, scorer))?.push(found);
    }
  }
  const all = [...suites.values()].flat();
  const body = [...suites].map(([name, cases]) => suiteXml(name, cases)).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${attribute(experiment.name)}"${counts(all)}>\n${body}</testsuites>\n`;
}

function suiteName(candidate: string, scorer: string): string {
  return `${candidate} · ${scorer}`;
}

function listCases({ item, scores, cells }: ItemResultDto): [scorer: string, found: Case][] {
  const name = item.external_id ?? `#${item.index + 1} ${item.item_hash.slice(0, 12)}`;
  const seconds = cells.reduce((sum, { latency_ms: ms }) => sum + (ms ?? 0), 0) / 1000;
  return scores.map(({ scorer, passed, passes }) => {
    const trouble =
      passed === null
        ? ({ kind: 'error', message: whyUnscored(cells, scorer) } as const)
        : passed
          ? null
          : ({
              kind: 'failure',
              message: `${passes} of ${cells.length} pass. ${whyFailed(cells, scorer)}`,
            } as const);
    return [scorer, { name, seconds, trouble }];
  });
}

/** Returns codes and figures only. Messages and explanations may quote an answer, which readers of a report may not be allowed to see. */
function whyUnscored(cells: readonly CellDto[], scorer: string): string {
  for (const { error, scores } of cells) {
    if (error !== null) return error.code;
    const ofScorer = scores.find((each) => each.scorer === scorer)?.error ?? null;
    if (ofScorer !== null) return ofScorer.code;
  }
  return 'The item was not run to its end.';
}

function whyFailed(cells: readonly CellDto[], scorer: string): string {
  const failing = cells.flatMap(({ scores }) =>
    scores.filter((each) => each.scorer === scorer && each.passed === false),
  );
  const [first] = failing;
  return `First: ${first?.label ?? first?.value ?? 'unknown'}`;
}

function suiteXml(name: string, cases: readonly Case[]): string {
  const lines = cases.map(
    (each) =>
      `    <testcase classname="${attribute(name)}" name="${attribute(each.name)}" time="${each.seconds}"${rest(each)}`,
  );
  return `  <testsuite name="${attribute(name)}"${counts(cases)}>\n${lines.join('')}  </testsuite>\n`;
}

function rest({ trouble }: Case): string {
  if (trouble === null) return '/>\n';
  const { kind, message } = trouble;
  return `><${kind} message="${attribute(message)}"/></testcase>\n`;
}

function counts(cases: readonly Case[]): string {
  const of = (kind: 'failure' | 'error') => cases.filter(({ trouble }) => trouble?.kind === kind).length;
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0);
  return ` tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}" time="${Number(seconds.toFixed(3))}"`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Replaces characters that XML 1.0 cannot represent with question marks, and line ends with spaces to keep the text readable. */
function attribute(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
    .replaceAll(/[\n\r\t]+/g, ' ')
    .replaceAll(/[^\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '?');
}
