import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../infra/database/index.js';
import { decodeIdCursor, toPage, RawAnswer } from '../../infra/http/index.js';
import { parsePicoUsd, writeJson } from '../../kernel/index.js';
import { AuditService } from '../audit/index.js';
import type { Caller } from '../auth/index.js';
import { IdempotencyService, KEY_TAKEN, type UsedKey } from '../executions/index.js';
import type { CreateExperimentDto } from './dto/create-experiment.dto.js';
import type { ExperimentDetailDto } from './dto/experiment-detail.dto.js';
import type { ExperimentDto, ExperimentListDto, ListExperimentsQueryDto } from './dto/experiment.dto.js';
import { ExperimentFinalError, ExperimentNotFoundError } from './errors.js';
import { type ExperimentRecord, ExperimentsRepository } from './experiments.repository.js';
import { ExperimentPinning, type PinnedExperiment } from './plan/experiment-pinning.js';
import { experimentView, usdOrNull } from './plan/experiment-views.js';
import { ResultsRepository } from './results/results.repository.js';
import { progressView, summarize } from './results/summarize.js';
import { storeCaller } from './running/stored-caller.js';

/** Rolls back when another request was first with the key. */
class KeyTaken extends Error {}

/** Creates, reads and cancels experiments. Any process with free capacity runs them. */
@Injectable()
export class ExperimentsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly experiments: ExperimentsRepository,
    private readonly pinning: ExperimentPinning,
    private readonly results: ResultsRepository,
    private readonly audit: AuditService,
    private readonly idempotency: IdempotencyService,
  ) {}

  /**
   * Creates an experiment once for each key. It is durable when the answer is sent: 202 with an {@link ExperimentDto}.
   * @throws what `ExperimentPinning.pin` and `IdempotencyService.once` throw; then nothing was written.
   */
  async create(caller: Caller, request: CreateExperimentDto, key: UsedKey | null): Promise<RawAnswer> {
    return this.idempotency.once(caller.projectId, key, () => this.createOnce(caller, request, key));
  }

  private async createOnce(
    caller: Caller,
    request: CreateExperimentDto,
    key: UsedKey | null,
  ): Promise<RawAnswer | typeof KEY_TAKEN> {
    const { projectId } = caller;
    const pinned = await this.pinning.pin(projectId, request);
    try {
      return await this.scope.transaction(projectId, async (tx) => {
        const view = await this.insert(tx, caller, request, pinned);
        const location = { Location: `/v1/experiments/${view.experiment_id}` };
        const answer = RawAnswer.json(202, writeJson(view), location);
        const isFirst =
          key === null || (await this.idempotency.take(tx, projectId, key, view.experiment_id, answer));
        if (!isFirst) throw new KeyTaken();
        return answer;
      });
    } catch (error) {
      if (error instanceof KeyTaken) return KEY_TAKEN;
      throw error;
    }
  }

  private async insert(
    tx: EntityManager,
    caller: Caller,
    request: CreateExperimentDto,
    { dataset, plan, cellCount, expectedCostPicoUsd }: PinnedExperiment,
  ): Promise<ExperimentDto> {
    const { projectId } = caller;
    // The text has been validated.
    const maxCostPicoUsd = request.max_cost_usd == null ? null : parsePicoUsd(request.max_cost_usd);
    const experimentId = await this.experiments.insert(tx, {
      projectId,
      name: request.name,
      dataset,
      cellCount,
      plan,
      expectedCostPicoUsd,
      maxCostPicoUsd,
      caller: storeCaller(caller),
      createdBy: caller.name,
    });
    const view = experimentView(await this.get(tx, projectId, experimentId));
    const { name, cells, max_cost_usd, candidates, scorers } = view;
    const after = { name, dataset: view.dataset, cells, max_cost_usd, candidates, scorers };
    await this.audit.append(tx, caller, {
      action: 'experiment.create',
      subject: `experiment/${experimentId}`,
      after,
    });
    return view;
  }

  /** Lists experiments, newest first. @throws ValidationError `VALIDATION_FAILED` for a malformed cursor. */
  async list(projectId: string, query: ListExperimentsQueryDto): Promise<ExperimentListDto> {
    const { status, limit, cursor } = query;
    const beforeId = decodeIdCursor(cursor);
    const found = await this.scope.transaction(projectId, (tx) =>
      this.experiments.list(tx, projectId, { status, beforeId, limit: limit + 1 }),
    );
    const { entries, nextCursor } = toPage(found, limit, ({ experimentId }) => experimentId);
    return { experiments: entries.map(experimentView), next_cursor: nextCursor };
  }

  /** Reads an experiment with its progress and results. @throws ExperimentNotFoundError `EXPERIMENT_NOT_FOUND` */
  async read(projectId: string, experimentId: string): Promise<ExperimentDetailDto> {
    return this.scope.transaction(projectId, (tx) => this.readIn(tx, projectId, experimentId));
  }

  /**
   * Cancels waiting cells; running calls continue. A second cancel has no effect.
   * @throws ExperimentNotFoundError `EXPERIMENT_NOT_FOUND` | ExperimentFinalError `EXPERIMENT_FINAL`
   */
  async cancel(caller: Caller, experimentId: string): Promise<ExperimentDetailDto> {
    const { projectId } = caller;
    return this.scope.transaction(projectId, async (tx) => {
      const before = await this.experiments.cancel(tx, projectId, experimentId);
      if (before === null) throw new ExperimentNotFoundError(experimentId);
      if (before === 'queued' || before === 'running') {
        await this.audit.append(tx, caller, {
          action: 'experiment.cancel',
          subject: `experiment/${experimentId}`,
          before: { status: before },
          after: { status: 'canceled' },
        });
      } else if (before !== 'canceled') throw new ExperimentFinalError(experimentId, before);
      return this.readIn(tx, projectId, experimentId);
    });
  }

  private async readIn(
    tx: EntityManager,
    projectId: string,
    experimentId: string,
  ): Promise<ExperimentDetailDto> {
    const record = await this.get(tx, projectId, experimentId);
    const { plan } = record;
    const candidates = await this.results.listCandidates(tx, projectId, experimentId);
    const groups = await this.results.listPassGroups(tx, projectId, experimentId, plan.repetitions);
    const scorerErrors = await this.results.listScorerErrors(tx, projectId, experimentId);
    const cost = await this.experiments.sumCost(tx, projectId, record);
    return {
      ...experimentView(record),
      progress: progressView(record, candidates),
      cost_usd: usdOrNull(cost),
      summary: summarize(plan, { candidates, groups, scorerErrors }),
    };
  }

  private async get(tx: EntityManager, projectId: string, experimentId: string): Promise<ExperimentRecord> {
    const found = await this.experiments.find(tx, projectId, experimentId);
    if (found === null) throw new ExperimentNotFoundError(experimentId);
    return found;
  }
}
