import { passAtK, passHatK, wilsonInterval } from '../../../statistics/index.js';
import type { CandidateScoreDto, ExperimentProgressDto } from '../dto/experiment-detail.dto.js';
import type { ExperimentRecord } from '../experiments.repository.js';
import { type ExperimentPlan, passesItem } from '../experiment-plan.js';
import { usdOrNull } from '../plan/experiment-views.js';
import type { CandidateFigures, PassGroup, ScorerErrors } from './results.repository.js';

export interface Figures {
  readonly candidates: readonly CandidateFigures[];
  readonly groups: readonly PassGroup[];
  readonly scorerErrors: readonly ScorerErrors[];
}

/** Summarizes the results of each candidate by each scorer. */
export function summarize(plan: ExperimentPlan, figures: Figures): CandidateScoreDto[] {
  return plan.candidates.flatMap(({ label }, candidate) => {
    const cells = figures.candidates.find((each) => each.candidate === candidate);
    return plan.scorers.map(({ name, version_number: version }, scorer): CandidateScoreDto => {
      const belongsTo = (each: { candidate: number; scorer: number }) =>
        each.candidate === candidate && each.scorer === scorer;
      const ofScorer = figures.scorerErrors.find(belongsTo)?.errors ?? 0;
      return {
        candidate: label,
        scorer: name,
        scorer_version: version,
        ...summarizeGroups(plan, figures.groups.filter(belongsTo)),
        errors: ofScorer + (cells?.failed ?? 0),
        cost_usd: cells === undefined ? '0' : usdOrNull(cells.costPicoUsd),
        latency_ms: { p50: cells?.p50Ms ?? null, p95: cells?.p95Ms ?? null },
      };
    });
  });
}

type GroupFigures = Pick<
  CandidateScoreDto,
  'n' | 'mean' | 'pass_rate' | 'pass_rate_interval' | 'pass_at_k' | 'pass_hat_k'
>;

/** Counts items rather than repetitions, because repetitions of an item are not independent. */
function summarizeGroups(plan: ExperimentPlan, groups: readonly PassGroup[]): GroupFigures {
  const n = groups.reduce((sum, { items }) => sum + items, 0);
  if (n === 0) {
    return { n, mean: null, pass_rate: null, pass_rate_interval: null, pass_at_k: null, pass_hat_k: null };
  }
  const passing = groups.reduce((sum, group) => sum + (passesItem(group.passes, plan) ? group.items : 0), 0);
  const average = (of: (group: PassGroup) => number) =>
    groups.reduce((sum, group) => sum + of(group) * group.items, 0) / n;
  const byK = (share: typeof passAtK) =>
    Object.fromEntries(
      Array.from({ length: plan.repetitions }, (_, at) => at + 1).map((k) => [
        k,
        average(({ passes }) => share({ n: plan.repetitions, passes }, k)),
      ]),
    );
  return {
    n,
    mean: groups.reduce((sum, { sumOfMeans }) => sum + sumOfMeans, 0) / n,
    pass_rate: passing / n,
    pass_rate_interval: wilsonInterval(passing, n),
    pass_at_k: byK(passAtK),
    pass_hat_k: byK(passHatK),
  };
}

/** Counts unopened cells as queued, or as canceled once the experiment is over. */
export function progressView(
  { cellCount, status }: Pick<ExperimentRecord, 'cellCount' | 'status'>,
  candidates: readonly CandidateFigures[],
): ExperimentProgressDto {
  const total = (of: (figures: CandidateFigures) => number) =>
    candidates.reduce((sum, figures) => sum + of(figures), 0);
  const [running, succeeded, failed] = [
    total(({ open }) => open),
    total((each) => each.succeeded),
    total((each) => each.failed),
  ];
  const canceled = total((each) => each.canceled);
  const unopened = cellCount - running - succeeded - failed - canceled;
  const isOver = status !== 'queued' && status !== 'running';
  return {
    cells: cellCount,
    queued: isOver ? 0 : unopened,
    running,
    succeeded,
    failed,
    canceled: isOver ? canceled + unopened : canceled,
  };
}
