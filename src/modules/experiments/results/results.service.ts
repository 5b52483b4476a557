import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import { decodeCursor, toPage } from '../../../infra/http/index.js';
import type { ItemResultDto, ListResultsQueryDto, ResultListDto } from '../dto/results.dto.js';
import { CandidateNotFoundError, ExperimentNotFoundError } from '../errors.js';
import { type ExperimentRecord, ExperimentsRepository } from '../experiments.repository.js';
import { ScorerNotFoundError } from '../../scorers/index.js';
import type { ExperimentPlan } from '../experiment-plan.js';
import { resultViews } from './result-views.js';
import { type ResultFilter, type ResultKey, ResultRowsRepository } from './result-rows.repository.js';

/** The page size of a report. */
const PAGE = 500;

/** Reads the results of each item. */
@Injectable()
export class ResultsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly experiments: ExperimentsRepository,
    private readonly rows: ResultRowsRepository,
  ) {}

  /**
   * @throws ExperimentNotFoundError `EXPERIMENT_NOT_FOUND` | CandidateNotFoundError `CANDIDATE_NOT_FOUND`
   * @throws ScorerNotFoundError `SCORER_NOT_FOUND` | ValidationError `VALIDATION_FAILED` for a malformed cursor.
   */
  async list(projectId: string, experimentId: string, query: ListResultsQueryDto): Promise<ResultListDto> {
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, parsePosition);
    const experiment = await this.get(projectId, experimentId);
    const filter: ResultFilter = {
      ...toFilter(experiment.plan, query),
      failed: query.failed ?? null,
      after,
      limit: query.limit + 1,
    };
    const { results, nextCursor } = await this.readPage(projectId, experiment, filter, query.limit);
    return { results, next_cursor: nextCursor };
  }

  /** Yields all results page by page, each page in its own transaction. */
  async *listAll(projectId: string, experiment: ExperimentRecord): AsyncGenerator<ItemResultDto[]> {
    const scorers = experiment.plan.scorers.map((_, at) => at);
    let after: ResultKey | null = null;
    for (;;) {
      const filter: ResultFilter = { candidate: null, scorers, failed: null, after, limit: PAGE };
      const page = await this.readPage(projectId, experiment, filter, PAGE);
      if (page.results.length > 0) yield page.results;
      if (page.results.length < PAGE) return;
      after = page.last;
    }
  }

  /** @throws ExperimentNotFoundError `EXPERIMENT_NOT_FOUND` */
  async get(projectId: string, experimentId: string): Promise<ExperimentRecord> {
    const found = await this.scope.transaction(projectId, (tx) =>
      this.experiments.find(tx, projectId, experimentId),
    );
    if (found === null) throw new ExperimentNotFoundError(experimentId);
    return found;
  }

  private async readPage(
    projectId: string,
    { experimentId, plan }: ExperimentRecord,
    filter: ResultFilter,
    limit: number,
  ): Promise<{ results: ItemResultDto[]; nextCursor: string | null; last: ResultKey | null }> {
    const facts = {
      repetitions: plan.repetitions,
      passesNeeded: Math.ceil(plan.pass_threshold * plan.repetitions - 1e-9),
      scorerVersionIds: plan.scorers.map(({ scorer_version_id: id }) => id),
    };
    return this.scope.transaction(projectId, async (tx) => {
      const found = await this.rows.listKeys(tx, projectId, experimentId, facts, filter);
      const { entries, nextCursor } = toPage(found, limit, ({ item, candidate }) => [item, candidate]);
      const cells = await this.rows.listCells(tx, projectId, experimentId, facts, entries);
      return { results: resultViews(plan, cells, filter.scorers), nextCursor, last: entries.at(-1) ?? null };
    });
  }
}

function toFilter(
  { candidates, scorers }: ExperimentPlan,
  query: ListResultsQueryDto,
): Pick<ResultFilter, 'candidate' | 'scorers'> {
  const candidate = candidates.findIndex(({ label }) => label === query.candidate);
  if (query.candidate !== undefined && candidate < 0) {
    throw new CandidateNotFoundError(
      query.candidate,
      candidates.map(({ label }) => label),
    );
  }
  const scorer = scorers.findIndex(({ name }) => name === query.scorer);
  if (query.scorer !== undefined && scorer < 0) {
    throw new ScorerNotFoundError(query.scorer);
  }
  return {
    candidate: candidate < 0 ? null : candidate,
    scorers: scorer < 0 ? scorers.map((_, at) => at) : [scorer],
  };
}

function parsePosition(position: unknown): ResultKey | null {
  if (!Array.isArray(position) || position.length !== 2) return null;
  const [item, candidate] = position as unknown[];
  if (!isPlace(item, 2 ** 31 - 1) || !isPlace(candidate, 2 ** 15 - 1)) return null;
  return { item, candidate };
}

function isPlace(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}
