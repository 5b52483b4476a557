import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../../infra/database/index.js';
import { ValidationError } from '../../../kernel/index.js';
import { comparePairs, isDifferent, type PairedComparison } from '../../../statistics/index.js';
import type { CompareQueryDto, ComparisonDto, FlippedItemDto } from '../dto/comparison.dto.js';
import { CandidateNotFoundError, ExperimentNotFoundError, ScorerVersionsDifferError } from '../errors.js';
import { type ExperimentRecord, ExperimentsRepository } from '../experiments.repository.js';
import { ScorerNotFoundError } from '../../scorers/index.js';
import { type ExperimentPlan, passesItem } from '../experiment-plan.js';
import { type ItemPair, pairItems, type Side } from './pair-items.js';
import { ResultsRepository } from './results.repository.js';

const MARGIN = 0.05;
const MOST_FLIPPED = 200;

/** One candidate of one experiment, as scored by one scorer. */
interface ComparedSide {
  readonly experiment: ExperimentRecord;
  readonly candidate: number;
  readonly scorer: number;
}

/** Compares two candidates to tell which is better, if either. */
@Injectable()
export class ComparisonsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly experiments: ExperimentsRepository,
    private readonly results: ResultsRepository,
  ) {}

  /**
   * @throws ExperimentNotFoundError `EXPERIMENT_NOT_FOUND` | CandidateNotFoundError `CANDIDATE_NOT_FOUND`
   * @throws ScorerNotFoundError `SCORER_NOT_FOUND` | ValidationError `VALIDATION_FAILED` when the scorer has to be named.
   * @throws ScorerVersionsDifferError `SCORER_VERSIONS_DIFFER`
   */
  async compare(projectId: string, experimentId: string, query: CompareQueryDto): Promise<ComparisonDto> {
    return this.scope.transaction(projectId, (tx) => this.compareIn(tx, projectId, experimentId, query));
  }

  /** Compares in the caller's transaction. */
  async compareIn(
    tx: EntityManager,
    projectId: string,
    experimentId: string,
    query: CompareQueryDto,
  ): Promise<ComparisonDto> {
    const experiment = await this.get(tx, projectId, experimentId);
    const baselineId = query.baseline_experiment ?? experimentId;
    const from = baselineId === experimentId ? experiment : await this.get(tx, projectId, baselineId);
    const scorerName = query.scorer ?? onlyScorer(experiment.plan);
    const baseline = findSide(from, query.baseline, scorerName);
    const candidate = findSide(experiment, query.candidate, scorerName);
    const version = getVersion(candidate);
    if (query.allow_versions !== true && getChecksum(baseline) !== getChecksum(candidate)) {
      throw new ScorerVersionsDifferError(scorerName, getVersion(baseline), version);
    }
    const paired = pairItems(
      await this.read(tx, projectId, baseline),
      await this.read(tx, projectId, candidate),
    );
    const margin = query.margin ?? MARGIN;
    const compared = comparePairs(paired.pairs, margin);
    return {
      experiment_id: experimentId,
      baseline_experiment_id: baselineId,
      baseline: query.baseline,
      candidate: query.candidate,
      scorer: scorerName,
      scorer_version: version,
      ...comparisonView(compared),
      missing: paired.missing,
      missing_by_error: paired.missingByError,
      errors: paired.errors,
      margin,
      flipped: await this.listFlipped(tx, projectId, { baseline, candidate }, paired.pairs),
    };
  }

  private async get(tx: EntityManager, projectId: string, experimentId: string): Promise<ExperimentRecord> {
    const found = await this.experiments.find(tx, projectId, experimentId);
    if (found === null) throw new ExperimentNotFoundError(experimentId);
    return found;
  }

  /** Lists the items that differ, the largest losses first, with the executions of both candidates. */
  private async listFlipped(
    tx: EntityManager,
    projectId: string,
    sides: { readonly baseline: ComparedSide; readonly candidate: ComparedSide },
    pairs: readonly ItemPair[],
  ): Promise<FlippedItemDto[]> {
    const flipped = pickFlipped(pairs);
    const listExecutions = ({ experiment, candidate }: ComparedSide, items: readonly number[]) =>
      this.results.listExecutionsOfItems(tx, projectId, experiment.experimentId, { candidate, items });
    const before = await listExecutions(
      sides.baseline,
      flipped.map(({ baselineItem }) => baselineItem),
    );
    const after = await listExecutions(
      sides.candidate,
      flipped.map(({ item }) => item),
    );
    return flipped.map(({ item, baselineItem, externalId, itemHash, baseline, candidate }) => ({
      index: item,
      external_id: externalId,
      item_hash: itemHash,
      baseline,
      candidate,
      baseline_execution_ids: before.get(baselineItem) ?? [],
      candidate_execution_ids: after.get(item) ?? [],
    }));
  }

  private async read(tx: EntityManager, projectId: string, side: ComparedSide): Promise<Side> {
    const { experiment, candidate, scorer } = side;
    const { plan, itemCount, experimentId } = experiment;
    const items = await this.results.listScoredItems(tx, projectId, experimentId, { candidate, scorer });
    return { items, itemCount, repetitions: plan.repetitions, passes: (count) => passesItem(count, plan) };
  }
}

function findSide(experiment: ExperimentRecord, label: string, scorerName: string): ComparedSide {
  const { candidates, scorers } = experiment.plan;
  const candidate = candidates.findIndex((each) => each.label === label);
  if (candidate < 0)
    throw new CandidateNotFoundError(
      label,
      candidates.map((each) => each.label),
    );
  const scorer = scorers.findIndex(({ name }) => name === scorerName);
  if (scorer < 0) throw new ScorerNotFoundError(scorerName);
  return { experiment, candidate, scorer };
}

function getVersion({ experiment, scorer }: ComparedSide): number {
  return experiment.plan.scorers[scorer]?.version_number ?? 0;
}

/** Compares definitions rather than version numbers, because a scorer that is deleted and recreated counts from 1 again. */
function getChecksum({ experiment, scorer }: ComparedSide): string | undefined {
  return experiment.plan.scorers[scorer]?.checksum_hash;
}

function onlyScorer({ scorers }: ExperimentPlan): string {
  const [only] = scorers;
  if (only !== undefined && scorers.length === 1) return only.name;
  const names = scorers.map(({ name }) => `"${name}"`).join(', ');
  throw new ValidationError(`Say by which scorer with ?scorer=; the experiment has ${names}.`, [
    { pointer: '/scorer', message: 'is required' },
  ]);
}

function comparisonView({
  n,
  wins,
  losses,
  ties,
  delta,
  interval,
  pValue,
  method,
  verdict,
}: PairedComparison) {
  return { n, wins, losses, ties, delta, interval, p_value: pValue, method, verdict };
}

function pickFlipped(pairs: readonly ItemPair[]): ItemPair[] {
  return pairs
    .filter((pair) => isDifferent(pair))
    .sort((one, other) => one.candidate - one.baseline - (other.candidate - other.baseline))
    .slice(0, MOST_FLIPPED);
}
