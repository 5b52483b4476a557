import type { ParamsDto } from '../executions/index.js';

export const CHECKS = [
  'equals',
  'contains',
  'starts_with',
  'regex',
  'json_valid',
  'json_schema',
  'levenshtein',
  'tool_called',
  'max_latency_ms',
  'max_cost_usd',
  'is_refusal',
] as const;

export type CheckName = (typeof CHECKS)[number];

/** Passes or fails an answer by a rule that gives the same verdict on every machine. */
export interface CheckDefinition {
  readonly kind: 'check';
  readonly check: CheckName;
  /** The JSON text to compare with; null to compare with the `expected` of the item. */
  readonly valueJson: string | null;
  /** The part of the answer to check, read as JSON; null for the whole answer as text. */
  readonly path: string | null;
  readonly negate: boolean;
  /** Null for the default. */
  readonly threshold: number | null;
}

/** JavaScript that runs in a sandbox. */
export interface CodeDefinition {
  readonly kind: 'code';
  readonly source: string;
  readonly threshold: number | null;
}

/** The answers that a judge or a person may give. */
export interface Scale {
  /** The labels, and whether each passes; null if answers are numbers. */
  readonly labels: Readonly<Record<string, boolean>> | null;
  readonly min: number | null;
  readonly max: number | null;
  /** The lowest number that passes; null for the default. */
  readonly threshold: number | null;
}

/** A prompt that judges, pinned by its content. */
export interface JudgeDefinition extends Scale {
  readonly kind: 'judge';
  readonly promptName: string;
  readonly versionNumber: number;
  /** The checksum of that version, because a prompt that was deleted and created again is a different one. */
  readonly promptChecksum: string;
  readonly model: { readonly provider: string; readonly model_name: string };
  readonly params: ParamsDto;
}

export interface HumanDefinition extends Scale {
  readonly kind: 'human';
}

export type ScorerDefinition = CheckDefinition | CodeDefinition | JudgeDefinition | HumanDefinition;

/** The lowest number that passes, unless the scorer sets a threshold. */
export const DEFAULT_THRESHOLD = 0.5;

export function thresholdFor({ threshold }: Pick<ScorerDefinition, 'threshold'>): number {
  return threshold ?? DEFAULT_THRESHOLD;
}
