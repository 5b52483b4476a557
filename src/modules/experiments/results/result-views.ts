import type { CellDto, CellScoreDto, ItemResultDto, ItemScoreDto } from '../dto/results.dto.js';
import { type ExperimentPlan, passesItem } from '../experiment-plan.js';
import { usdOrNull } from '../plan/experiment-views.js';
import type { CellRow, ScoreRow } from './result-rows.repository.js';

/**
 * Builds the lines of the results.
 * @param cells all repetitions of each line, adjacent and in order.
 * @param scorers the scorers to show, by their position in the plan.
 */
export function resultViews(
  plan: ExperimentPlan,
  cells: readonly CellRow[],
  scorers: readonly number[],
): ItemResultDto[] {
  const lines: CellRow[][] = [];
  for (const cell of cells) {
    const [first] = lines.at(-1) ?? [];
    if (first?.item === cell.item && first.candidate === cell.candidate) lines.at(-1)?.push(cell);
    else lines.push([cell]);
  }
  return lines.map((line) => lineView(plan, line, scorers));
}

function lineView(plan: ExperimentPlan, line: readonly CellRow[], scorers: readonly number[]): ItemResultDto {
  const { item, externalId, itemHash, candidate } = line[0] as CellRow;
  return {
    item: { index: item, external_id: externalId, item_hash: itemHash },
    candidate: plan.candidates[candidate]?.label ?? '',
    scores: scorers.map((scorer) => itemScore(plan, line, scorer)),
    execution_ids: line.flatMap(({ executionId }) => (executionId === null ? [] : [executionId])),
    cells: line.map((cell) => cellView(plan, cell, scorers)),
  };
}

function itemScore(plan: ExperimentPlan, line: readonly CellRow[], scorer: number): ItemScoreDto {
  const scores = line.flatMap(({ scores: all }) => all.filter((each) => each.scorer === scorer));
  const values = scores.flatMap(({ value }) => (value === null ? [] : [value]));
  const passes = scores.filter(({ passed }) => passed === true).length;
  const isComplete = values.length === plan.repetitions;
  return {
    scorer: plan.scorers[scorer]?.name ?? '',
    value: isComplete ? values.reduce((sum, each) => sum + each, 0) / values.length : null,
    passes,
    passed: isComplete ? passesItem(passes, plan) : null,
  };
}

function cellView(plan: ExperimentPlan, cell: CellRow, scorers: readonly number[]): CellDto {
  const { errorCode: code, errorMessage: message } = cell;
  return {
    repetition: cell.repetition + 1,
    status: cell.status === 'open' ? 'running' : cell.status,
    execution_id: cell.executionId,
    latency_ms: cell.latencyMs,
    cost_usd: usdOrNull(cell.costPicoUsd),
    error: code === null ? null : { code, message: message ?? '' },
    scores: cell.scores
      .filter(({ scorer }) => scorers.includes(scorer))
      .map((score) => scoreView(plan, score)),
  };
}

function scoreView(plan: ExperimentPlan, score: ScoreRow): CellScoreDto {
  const { value, label, passed, error } = score;
  const isScored = error === null;
  return {
    scorer: plan.scorers[score.scorer]?.name ?? '',
    scorer_version: plan.scorers[score.scorer]?.version_number ?? 0,
    score_id: isScored ? score.scoreId : null,
    value,
    label,
    passed,
    explanation: isScored ? score.explanation : null,
    judge_execution_id: score.judgeExecutionId,
    error,
  };
}
