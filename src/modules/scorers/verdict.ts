/** Why there is no score. An error counts as an error, neither as a 0 nor as a pass. */
export const SCORING_ERROR_TYPES = [
  /** The execution has no answer, or a truncated one. */
  'no_answer',
  /** Masking changed the stored answer, so it is not the original. */
  'answer_masked',
  /** The scorer compares with `expected`, which is missing or unusable. */
  'expected_unusable',
  /** The execution lacks what the check needs, such as its cost. */
  'telemetry_missing',
  /** The comparison would take too long. */
  'too_long',
  /** The code threw, or returned something other than a result. */
  'code_failed',
  /** The code exceeded its bound of instructions, memory, stack or time. */
  'code_out_of_bounds',
  /** The judge's execution failed or was canceled. */
  'judge_failed',
  /** The judge answered, but not with a judgement. The judgement's execution keeps its answer. */
  'judge_answer_invalid',
  /** The judge's answer was truncated. */
  'judge_answer_cut',
] as const;

export type ScoringErrorType = (typeof SCORING_ERROR_TYPES)[number];

/** A scorer's finding, before its threshold is applied. */
export interface Finding {
  readonly kind: 'finding';
  /** Finite. A label alone counts as 1 if it passes, else 0. */
  readonly value: number;
  readonly label: string | null;
  readonly explanation: string | null;
}

export interface ScoringError {
  readonly kind: 'error';
  readonly type: ScoringErrorType;
  /** One sentence. It may quote a few characters of what was scored. */
  readonly message: string;
  /** The judgement, if a judge was asked. */
  readonly judgeExecutionId: string | null;
}

export interface ComputedScore extends Omit<Finding, 'kind'> {
  readonly kind: 'score';
  readonly source: 'check' | 'code' | 'judge';
  readonly passed: boolean;
  /** The judgement; null unless a judge gave it. */
  readonly judgeExecutionId: string | null;
}

export type Verdict = ComputedScore | ScoringError;

export function scoringError(
  type: ScoringErrorType,
  message: string,
  judgeExecutionId: string | null = null,
): ScoringError {
  return { kind: 'error', type, message, judgeExecutionId };
}

export function finding(
  value: number,
  explanation: string | null = null,
  label: string | null = null,
): Finding {
  return { kind: 'finding', value, label, explanation };
}
