import type { ScoringError } from '../verdict.js';
import type { ScoreDto, ScoringErrorDto } from './scores.dto.js';
import type { NewScore, ScoreRecord } from './scores.repository.js';

/** The version that made a score. */
export interface ScoredBy {
  readonly name: string;
  readonly versionNumber: number;
}

/** @param isKept false for a score that is only shown. */
export function scoreView(score: NewScore, by: ScoredBy, isKept = true): ScoreDto {
  return {
    score_id: isKept ? score.scoreId : null,
    execution_id: score.executionId,
    scorer: by.name,
    scorer_version: by.versionNumber,
    source: score.source,
    value: score.value,
    label: score.label,
    passed: score.passed,
    explanation: score.explanation,
    judge_execution_id: score.judgeExecutionId,
    created_by: score.createdBy,
    created_at: score.createdAt.toISOString(),
  };
}

export function recordView(record: ScoreRecord): ScoreDto {
  return scoreView(record, { name: record.scorerName, versionNumber: record.versionNumber });
}

export function errorView({ type, message, judgeExecutionId }: ScoringError): ScoringErrorDto {
  return { type, message, judge_execution_id: judgeExecutionId };
}
