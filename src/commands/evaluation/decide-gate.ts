import type { ExperimentComparison, ExperimentStatus } from '../../../sdk/src/index.js';
import { EXIT, type ExitCode } from '../terminal/cli-error.js';
import { formatCount } from '../terminal/format-count.js';

/** One scorer's demand on a candidate. */
export interface GateRule {
  readonly scorer: string;
  /** How much lower than the baseline the candidate may be; above 0. */
  readonly maxDrop: number;
  /** The most cells that may have an error. */
  readonly maxErrors: number;
}

export interface GateDecision {
  readonly scorer: string;
  readonly exitCode: ExitCode;
  /** One sentence. */
  readonly reason: string;
  /** Null where nothing was compared. */
  readonly comparison: ExperimentComparison | null;
}

/**
 * Returns 0 when a drop of more than `maxDrop` is ruled out, 1 when the candidate is worse, 2 when that cannot be told. Reasons to distrust
 * a
 * comparison come first: a verdict over half of the items is worthless.
 */
export function decideGate(
  status: ExperimentStatus,
  comparison: ExperimentComparison,
  rule: GateRule,
): GateDecision {
  const { n, verdict, interval, errors, missing, missing_by_error: byError } = comparison;
  const decide = (exitCode: ExitCode, reason: string): GateDecision => ({
    scorer: rule.scorer,
    exitCode,
    reason,
    comparison,
  });
  if (status !== 'completed') return decide(EXIT.CANNOT_TELL, `The experiment is ${status}, not completed.`);
  if (errors > rule.maxErrors) {
    const allowed = rule.maxErrors === 0 ? 'none is allowed' : `${rule.maxErrors} are allowed`;
    return decide(EXIT.CANNOT_TELL, `${formatCount(errors, 'cell')} had an error; ${allowed}.`);
  }
  if (missing > byError)
    return decide(EXIT.CANNOT_TELL, `${formatCount(missing - byError, 'item')} were not run.`);
  if (n === 0) return decide(EXIT.CANNOT_TELL, 'There are no items to compare.');
  if (verdict === 'worse') return decide(EXIT.NO, `The candidate is worse by ${drop(comparison)}.`);
  if (interval === null) return decide(EXIT.CANNOT_TELL, `${formatCount(n, 'item')} are too few to tell.`);
  const [low] = interval;
  if (low > -rule.maxDrop) {
    return decide(
      EXIT.OK,
      `A drop of more than ${rule.maxDrop} is ruled out; the interval begins at ${figure(low)}.`,
    );
  }
  return decide(
    EXIT.CANNOT_TELL,
    `A drop of ${rule.maxDrop} cannot be ruled out; the interval begins at ${figure(low)}. Add items.`,
  );
}

/** One failing scorer fails the gate, and one inconclusive scorer keeps it from passing. */
export function combineGates(decisions: readonly GateDecision[]): ExitCode {
  const has = (code: ExitCode) => decisions.some(({ exitCode }) => exitCode === code);
  if (has(EXIT.NO)) return EXIT.NO;
  return decisions.length === 0 || has(EXIT.CANNOT_TELL) ? EXIT.CANNOT_TELL : EXIT.OK;
}

function drop({ delta, p_value: p }: ExperimentComparison): string {
  return `${figure(-(delta ?? 0))} (p ${p < 0.0001 ? '< 0.0001' : `= ${p.toFixed(4)}`})`;
}

export function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
