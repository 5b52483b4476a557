/** Why there is no score. An error counts as an error: it is neither a 0 nor a pass. */
export const SCORING_ERROR_TYPES = [
  /** The execution has no answer, or one that is stored cut. */
  'no_answer',
  /** The answer is stored without what the project masks, so it is not the answer that was given. */
  'answer_masked',
  /** The scorer compares with `expected`, and there is none, or none that it can compare with. */
  'expected_unusable',
  /** The execution does not say what the check asks for, such as its cost. */
  'telemetry_missing',
  /** It would take too long to compare. */
  'too_long',
  /** The code threw, or returned something else than a result. */
  'code_failed',
  /** The code went over its bound of instructions, memory, stack or time. */
  'code_out_of_bounds',
  /** The judge's execution failed or was canceled. */
  'judge_failed',
  /** The judge answered, but not with a judgement. Its answer stands in the judgement's execution. */
  'judge_answer_invalid',
  /** The judge's answer was cut. */
  'judge_answer_cut',
] as const;

export type ScoringErrorType = (typeof SCORING_ERROR_TYPES)[number];

/** A scorer's finding, before its threshold is looked at. */
export interface Finding {
  readonly kind: 'finding';
  /** Finite. Of a label alone: 1 where it passes, else 0. */
  readonly value: number;
  readonly label: string | null;
  readonly explanation: string | null;
}

export interface ScoringError {
  readonly kind: 'error';
  readonly type: ScoringErrorType;
  /** In one sentence. It may quote a few characters of what was scored. */
  readonly message: string;
  /** The judgement, of a judge that was asked. */
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
