/**
 * Scoring for other modules: a version of a scorer (`ScorerCatalogue`), its verdict on an answer (`ScoringService`), and the log that keeps
 * each verdict once (`ScoreLog`).
 */
export { ScorerNotFoundError, ScorerVersionNotFoundError } from './errors.js';
export type { CallJudge, Judgement, JudgeRequest } from './judges/judge-calls.js';
export { ScorerCatalogue } from './scorer-catalogue.js';
export type { ScorerDefinition } from './scorer-definition.js';
export type { ScorerVersion } from './scorer-version.js';
export { ScoreLog, type ScoreToKeep } from './scores/score-log.js';
export type { AnswerTelemetry, ScorableAnswer } from './scorable-answer.js';
export { type ScoringOptions, ScoringService } from './scoring/scoring.service.js';
export { type AskedFor, toScorableAnswer } from './scoring/to-scorable-answer.js';
export { maskVerdict } from './scoring/mask-verdict.js';
export type { ComputedScore, ScoringError, ScoringErrorType, Verdict } from './verdict.js';
export { ScorersHttpModule, ScorersModule } from './scorers.module.js';
