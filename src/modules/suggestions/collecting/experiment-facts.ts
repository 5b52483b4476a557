import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { formatPicoUsd } from '../../../kernel/index.js';
import {
  ComparisonsService,
  type ExperimentRecord,
  ExperimentsRepository,
  ResultsRepository,
} from '../../experiments/index.js';
import type { VersionFacts } from '../facts/version-facts.js';
import { FactsRepository, type LookedAt } from './facts.repository.js';

type ExperimentFacts = VersionFacts['experiments'][number];
type Candidate = ExperimentRecord['plan']['candidates'][number];

interface CostlyCandidate {
  readonly candidate: Candidate;
  readonly model: { readonly provider: string; readonly modelName: string };
  /** The cost of one cell. */
  readonly costPicoUsd: bigint;
}

const MOST_PAIRS = 3;

/** Reads experiments that compare the version on other models. */
@Injectable()
export class ExperimentFactsReader {
  constructor(
    private readonly facts: FactsRepository,
    private readonly experiments: ExperimentsRepository,
    private readonly results: ResultsRepository,
    private readonly comparisons: ComparisonsService,
  ) {}

  async list(tx: EntityManager, { projectId, versionId }: LookedAt): Promise<ExperimentFacts[]> {
    const found: ExperimentFacts[] = [];
    for (const id of await this.facts.listExperiments(tx, projectId, versionId)) {
      const experiment = await this.experiments.find(tx, projectId, id);
      if (experiment === null) continue;
      const candidates = await this.listCandidates(tx, projectId, experiment, versionId);
      for (const [dear, cheap] of pairCandidates(candidates).slice(0, MOST_PAIRS)) {
        found.push(await this.compare(tx, projectId, experiment, { dear, cheap }));
      }
    }
    return found;
  }

  /** Lists candidates with the version whose cost is known, most expensive first. */
  private async listCandidates(
    tx: EntityManager,
    projectId: string,
    { experimentId, plan }: ExperimentRecord,
    versionId: string,
  ): Promise<CostlyCandidate[]> {
    const figures = await this.results.listCandidates(tx, projectId, experimentId);
    const found = plan.candidates.flatMap((candidate, nth): CostlyCandidate[] => {
      const ofCandidate = figures.find(({ candidate: at }) => at === nth);
      const { model } = candidate;
      if (candidate.version_id !== versionId || !('provider' in model)) return [];
      if (ofCandidate === undefined || ofCandidate.costPicoUsd === null || ofCandidate.succeeded === 0)
        return [];
      const costPicoUsd = BigInt(ofCandidate.costPicoUsd) / BigInt(ofCandidate.succeeded);
      return [{ candidate, model: { provider: model.provider, modelName: model.model_name }, costPicoUsd }];
    });
    return found.sort((one, other) => (one.costPicoUsd < other.costPicoUsd ? 1 : -1));
  }

  private async compare(
    tx: EntityManager,
    projectId: string,
    { experimentId, plan, itemCount }: ExperimentRecord,
    { dear, cheap }: { readonly dear: CostlyCandidate; readonly cheap: CostlyCandidate },
  ): Promise<ExperimentFacts> {
    const labels = { baseline: dear.candidate.label, candidate: cheap.candidate.label };
    const verdicts: ExperimentFacts['verdict'][] = [];
    for (const { name } of plan.scorers) {
      const { verdict, missing, errors } = await this.comparisons.compareIn(tx, projectId, experimentId, {
        ...labels,
        scorer: name,
      });
      verdicts.push(missing > 0 || errors > 0 ? 'cannot_tell' : verdict);
    }
    return {
      experimentId,
      verdict: combine(verdicts),
      items: itemCount,
      model: dear.model,
      other: cheap.model,
      costUsd: formatPicoUsd(dear.costPicoUsd),
      otherCostUsd: formatPicoUsd(cheap.costPicoUsd),
    };
  }
}

/** Pairs candidates that differ only in their model: the more expensive and the cheaper one. */
function pairCandidates(candidates: readonly CostlyCandidate[]): [CostlyCandidate, CostlyCandidate][] {
  return candidates.flatMap((dear, nth) =>
    candidates
      .slice(nth + 1)
      .filter(
        (cheap) =>
          JSON.stringify(cheap.model) !== JSON.stringify(dear.model) &&
          JSON.stringify(cheap.candidate.params) === JSON.stringify(dear.candidate.params),
      )
      .map((cheap): [CostlyCandidate, CostlyCandidate] => [dear, cheap]),
  );
}

/** Returns the weakest verdict of any scorer. */
function combine(verdicts: readonly ExperimentFacts['verdict'][]): ExperimentFacts['verdict'] {
  if (verdicts.length === 0) return 'cannot_tell';
  if (verdicts.includes('worse')) return 'worse';
  if (verdicts.includes('cannot_tell')) return 'cannot_tell';
  return verdicts.every((each) => each === 'better') ? 'better' : 'no_difference';
}
