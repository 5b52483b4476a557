import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import { type ErrorEntry, parseJson, ValidationError } from '../../../kernel/index.js';
import { type DatasetItem, DatasetReadsRepository, type DatasetVersion } from '../../datasets/index.js';
import {
  type ExecutionPreview,
  ExecutionPreviews,
  type ModelRefDto,
  type PreviewedEntry,
  readModelChoice,
} from '../../executions/index.js';
import { PromptNotFoundError, VersionNotFoundError } from '../../prompts/index.js';
import { ScorerCatalogue, type ScorerVersion } from '../../scorers/index.js';
import type { CandidateDto, CreateExperimentDto } from '../dto/create-experiment.dto.js';
import { ExperimentsRepository } from '../experiments.repository.js';
import { averageCost, type EstimatedCandidate, estimateCost, type EstimatedJudge } from './estimate-cost.js';
import type { ExperimentPlan, PlannedCandidate, PlannedScorer } from '../experiment-plan.js';

/** The number of cells in the largest experiment. */
const MAX_CELLS = 1_000_000;
/** The number of items sampled to estimate costs. The others are assumed to be like them. */
const ESTIMATED_ITEMS = 100;
const DEFAULTS = { repetitions: 1, passThreshold: 0.5, concurrency: 8, environment: 'experiment' };

/** An experiment's request with every open choice settled. */
export interface PinnedExperiment {
  readonly dataset: DatasetVersion;
  readonly plan: ExperimentPlan;
  readonly cellCount: number;
  readonly expectedCostPicoUsd: bigint | null;
}

interface Found {
  readonly dataset: DatasetVersion;
  readonly items: readonly DatasetItem[];
  readonly scorers: readonly ScorerVersion[];
  /** In the order of the candidates. */
  readonly versionNumbers: readonly number[];
}

/** Settles what a request leaves open, so that nothing about an experiment changes while it runs. */
@Injectable()
export class ExperimentPinning {
  constructor(
    private readonly scope: TenantScope,
    private readonly experiments: ExperimentsRepository,
    private readonly datasets: DatasetReadsRepository,
    private readonly scorers: ScorerCatalogue,
    private readonly previews: ExecutionPreviews,
  ) {}

  /**
   * @throws ValidationError `VALIDATION_FAILED` for duplicate labels or scorers, human scorers, a route, too many cells, and a
   *   cost limit when the cost has no upper bound.
   * @throws DatasetNotFoundError | DatasetVersionNotFoundError | ScorerNotFoundError | ScorerVersionNotFoundError
   * @throws what a request of each candidate would: `PROMPT_NOT_FOUND`, `MODEL_NOT_FOUND`, `PROVIDER_NOT_CONFIGURED` …
   */
  async pin(projectId: string, request: CreateExperimentDto): Promise<PinnedExperiment> {
    assertOnce(request);
    const found = await this.find(projectId, request);
    const entries = found.items.map(toPreviewedEntry);
    const environment = request.environment ?? DEFAULTS.environment;
    const previews: ExecutionPreview[] = [];
    for (const [at, candidate] of request.candidates.entries()) {
      const versionNumber = found.versionNumbers[at] as number;
      previews.push(await this.preview(projectId, { candidate, at, versionNumber, environment }, entries));
    }
    const plan: ExperimentPlan = {
      candidates: request.candidates.map((candidate, at) =>
        plannedCandidate(candidate, previews[at] as ExecutionPreview),
      ),
      scorers: found.scorers.map(plannedScorer),
      repetitions: request.repetitions ?? DEFAULTS.repetitions,
      pass_threshold: request.pass_threshold ?? DEFAULTS.passThreshold,
      concurrency: request.concurrency ?? DEFAULTS.concurrency,
      environment,
      cache: request.cache ?? false,
    };
    const { dataset } = found;
    const perItem = plan.candidates.length * plan.repetitions;
    const cellCount = dataset.itemCount * perItem;
    if (cellCount > MAX_CELLS) throw tooManyCells(cellCount);
    const judges = await this.previewJudges(projectId, found);
    const expectedCostPicoUsd = estimateCost(previews.map(estimated), judges, {
      items: dataset.itemCount,
      repetitions: plan.repetitions,
    });
    if (expectedCostPicoUsd === null && request.max_cost_usd != null) throw unboundedCost();
    return { dataset, plan, cellCount, expectedCostPicoUsd };
  }

  private async find(projectId: string, request: CreateExperimentDto): Promise<Found> {
    return this.scope.transaction(projectId, async (tx) => {
      const { name, version = null } = request.dataset;
      const dataset = await this.datasets.getVersion(tx, projectId, name, version);
      const page = { after: null, limit: ESTIMATED_ITEMS };
      const { items } = await this.datasets.listItems(tx, projectId, dataset, page);
      const scorers: ScorerVersion[] = [];
      for (const [at, { name: scorer, version_number: number = null }] of request.scorers.entries()) {
        const found = await this.scorers.getVersion(tx, projectId, scorer, number);
        if (found.kind === 'human') throw humanScorer(at, scorer);
        scorers.push(found);
      }
      const versionNumbers: number[] = [];
      for (const { prompt_name: prompt, version_number: number = null } of request.candidates) {
        const newest = await this.experiments.findNewestVersion(tx, projectId, prompt);
        if (newest === null) throw new PromptNotFoundError(prompt);
        if (newest.versionNumber === null) throw new VersionNotFoundError(`a version of prompt "${prompt}"`);
        versionNumbers.push(number ?? newest.versionNumber);
      }
      return { dataset, items, scorers, versionNumbers };
    });
  }

  private async preview(
    projectId: string,
    {
      candidate,
      at,
      versionNumber,
      environment,
    }: {
      readonly candidate: CandidateDto;
      readonly at: number;
      readonly versionNumber: number;
      readonly environment: string;
    },
    entries: readonly PreviewedEntry[],
  ): Promise<ExecutionPreview> {
    const { prompt_name, params = null, model = null } = candidate;
    if (model !== null && readModelChoice(model, `/candidates/${at}/model`).kind === 'route') {
      throw new ValidationError(
        'Name the models of each candidate: a route may change while the experiment runs.',
        [{ pointer: `/candidates/${at}/model/route`, message: 'cannot be used with an experiment' }],
      );
    }
    const request = {
      prompt_name,
      version_number: versionNumber,
      environment,
      model: model as ModelRefDto | null,
      params,
    };
    return this.previews.look(projectId, request, entries);
  }

  private async previewJudges(projectId: string, { scorers, items }: Found): Promise<EstimatedJudge[]> {
    const judges: EstimatedJudge[] = [];
    for (const { definition } of scorers) {
      if (definition.kind !== 'judge') continue;
      const { promptName, versionNumber, model, params } = definition;
      const request = {
        prompt_name: promptName,
        version_number: versionNumber,
        environment: DEFAULTS.environment,
        model,
        params,
      };
      const preview = await this.previews.look(projectId, request, items.map(toJudgedEntry));
      judges.push({ ...estimated(preview), inputTokenPicoUsd: preview.inputTokenPicoUsd });
    }
    return judges;
  }
}

function estimated({ bounds }: ExecutionPreview): EstimatedCandidate {
  return { averagePicoUsd: averageCost(bounds), responseTokens: mostTokens(bounds) };
}

function mostTokens(bounds: ExecutionPreview['bounds']): number {
  return bounds.reduce((most, bound) => Math.max(most, bound?.responseTokens ?? 0), 0);
}

function toPreviewedEntry({ variablesJson }: DatasetItem): PreviewedEntry {
  return { variables: parseJson(variablesJson) as Record<string, unknown>, variablesJson };
}

/** Returns the entry that a judge would get, with an empty answer because the real one is not known yet. */
function toJudgedEntry({ variablesJson, expectedJson }: DatasetItem): PreviewedEntry {
  const text = `{"variables":${variablesJson},"expected":${expectedJson ?? 'null'},"response_text":""}`;
  return { variables: parseJson(text) as Record<string, unknown>, variablesJson: text };
}

function plannedCandidate(
  { label, prompt_name, params }: CandidateDto,
  { prompt, models }: ExecutionPreview,
): PlannedCandidate {
  if (prompt === null) throw new Error('a candidate runs a prompt');
  const { versionId, versionNumber, checksumHash } = prompt.version;
  const refs = models.map(({ provider, modelName }) => ({ provider, model_name: modelName }));
  return {
    label,
    prompt_name,
    version_number: versionNumber,
    version_id: versionId,
    checksum_hash: checksumHash,
    model: refs.length === 1 ? (refs[0] as ModelRefDto) : refs,
    params: params ?? {},
  };
}

function plannedScorer({
  name,
  versionNumber,
  scorerVersionId,
  checksumHash,
  kind,
}: ScorerVersion): PlannedScorer {
  return {
    name,
    version_number: versionNumber,
    scorer_version_id: scorerVersionId,
    checksum_hash: checksumHash,
    kind,
  };
}

/** @throws ValidationError `VALIDATION_FAILED` */
function assertOnce({ candidates, scorers }: CreateExperimentDto): void {
  const errors: ErrorEntry[] = [];
  const seen = new Set<string>();
  const look = (key: string, pointer: string, message: string) => {
    if (seen.has(key)) errors.push({ pointer, message });
    seen.add(key);
  };
  for (const [at, { label }] of candidates.entries())
    look(`candidate ${label}`, `/candidates/${at}/label`, `is "${label}" again`);
  for (const [at, { name }] of scorers.entries())
    look(`scorer ${name}`, `/scorers/${at}/name`, `is "${name}" again`);
  if (errors.length > 0) throw new ValidationError('Send each label and each scorer once.', errors);
}

function humanScorer(at: number, name: string): ValidationError {
  return new ValidationError(
    `Leave out the scorer "${name}": people score the executions when they are there, with POST /v1/scores.`,
    [{ pointer: `/scorers/${at}/name`, message: 'is a scorer of people' }],
  );
}

function tooManyCells(cells: number): ValidationError {
  return new ValidationError(
    `Ask for at most ${MAX_CELLS} cells; items × candidates × repetitions are ${cells}.`,
    [{ pointer: '/repetitions', message: `makes more than ${MAX_CELLS} cells` }],
  );
}

function unboundedCost(): ValidationError {
  return new ValidationError(
    'The cost of a cell is unknown, so max_cost_usd would refuse every cell; add prices with POST /v1/prices, and send max_new_tokens where nothing else limits the answer.',
    [{ pointer: '/max_cost_usd', message: 'needs a price and a bound for every model' }],
  );
}
