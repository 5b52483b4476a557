import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import type { BudgetExceededError } from '../../budgets/index.js';
import { type DatasetItem, DatasetReadsRepository, type DatasetVersion } from '../../datasets/index.js';
import { ScorerCatalogue, type ScorerVersion } from '../../scorers/index.js';
import type { CellContext } from './cell-context.js';
import { type CellOutcome, CellRunner } from './cell-runner.js';
import { type Drive, type DrivenExperiment, DrivesRepository, type OpenCell } from './drives.repository.js';
import { OpenItems } from './open-items.js';

/** A cell to run. */
interface WaitingCell {
  readonly cell: OpenCell;
  /** Whether an earlier drive may have started it. */
  readonly isResumed: boolean;
}

interface Running {
  readonly waiting: WaitingCell;
  readonly outcome: CellOutcome;
}

/** Ends an experiment as failed. */
class DriveFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Drives one experiment. Resumes the cells that an earlier drive left open, then opens one item after another, and keeps as
 * many cells running as the experiment allows.
 *
 * A cell that a budget refuses waits until another has ended, because that one's hold may have been larger than its cost. When
 * no cell is running any more, the money is spent. It is spent, too, when a budget refused a further attempt of a call, which ends its cell.
 */
@Injectable()
export class ExperimentDrives {
  constructor(
    private readonly scope: TenantScope,
    private readonly drives: DrivesRepository,
    private readonly datasets: DatasetReadsRepository,
    private readonly scorers: ScorerCatalogue,
    private readonly runner: CellRunner,
  ) {}

  /** Resolves when the experiment is over, or when the signal has aborted and none of its cells is running here. */
  async run(drive: Drive, signal: AbortSignal): Promise<void> {
    const experiment = await this.drives.load(drive);
    if (experiment === null) return;
    try {
      const { context, version } = await this.prepare(drive, experiment, signal);
      const stoppedBy = await this.runCells(context, experiment, version);
      if (signal.aborted) return;
      const message = stoppedBy?.message ?? (await this.drives.findRefusedAttempt(drive));
      if (message === null) await this.drives.end(drive, 'completed', null);
      else await this.drives.end(drive, 'stopped_by_budget', { code: 'BUDGET_EXCEEDED', message });
    } catch (error) {
      if (!(error instanceof DriveFailure)) throw error;
      await this.drives.end(drive, 'failed', { code: error.code, message: error.message });
    }
  }

  private async prepare(
    drive: Drive,
    { plan, caller, datasetId, datasetVersion }: DrivenExperiment,
    signal: AbortSignal,
  ): Promise<{ readonly context: CellContext; readonly version: DatasetVersion }> {
    const { projectId } = drive;
    return this.scope.transaction(projectId, async (tx) => {
      const version = await this.datasets.findPinned(tx, projectId, datasetId, datasetVersion);
      if (version === null)
        throw new DriveFailure('DATASET_VERSION_NOT_FOUND', 'The version of the dataset is gone.');
      const scorers: ScorerVersion[] = [];
      for (const { name, scorer_version_id: id } of plan.scorers) {
        const found = await this.scorers.findVersionById(tx, projectId, id);
        if (found === null)
          throw new DriveFailure('SCORER_NOT_FOUND', `The version of scorer "${name}" is gone.`);
        scorers.push(found);
      }
      return { context: { drive, plan, caller, scorers, signal }, version };
    });
  }

  /** @returns the budget's error when nothing is left; null when all cells have ended, or the signal has aborted. */
  private async runCells(
    context: CellContext,
    experiment: DrivenExperiment,
    version: DatasetVersion,
  ): Promise<BudgetExceededError | null> {
    const { drive, plan, signal } = context;
    const resumed = await this.drives.listOpen(drive);
    const waiting: WaitingCell[] = resumed.map((cell) => ({ cell, isResumed: true }));
    const items = new OpenItems(waiting.map(({ cell }) => cell.item));
    await this.readAgain(drive, version, items);
    const running = new Map<WaitingCell, Promise<Running>>();
    let next = { item: experiment.nextItem, after: experiment.afterPosition };
    let refusal: BudgetExceededError | null = null;
    for (;;) {
      while (running.size < plan.concurrency && refusal === null && !signal.aborted) {
        if (waiting.length === 0) {
          if (next.item >= experiment.itemCount) break;
          const opened = await this.open(context, version, next, plan.concurrency - running.size);
          if (opened === null) break;
          for (const [at, item] of opened.items.entries())
            items.add(next.item + at, item, opened.cellsOf(at));
          waiting.push(
            ...opened.items
              .flatMap((_, at) => opened.cellsOf(at))
              .map((cell) => ({ cell, isResumed: false })),
          );
          next = { item: next.item + opened.items.length, after: opened.after };
          continue;
        }
        const each = waiting.shift() as WaitingCell;
        running.set(each, this.start(context, each, items));
      }
      if (running.size === 0) return refusal;
      const { waiting: ended, outcome } = await Promise.race(running.values());
      running.delete(ended);
      if (outcome.kind === 'refused') {
        refusal = outcome.error;
        // The execution may already exist, with only its scores missing.
        waiting.unshift({ ...ended, isResumed: true });
      } else {
        refusal = null;
        items.release(ended.cell.item);
      }
    }
  }

  private async start(context: CellContext, waiting: WaitingCell, items: OpenItems): Promise<Running> {
    const { cell, isResumed } = waiting;
    const outcome = await this.runner.run(context, cell, items.get(cell.item), isResumed);
    return { waiting, outcome };
  }

  /** Reads the items of cells that an earlier drive left open. */
  private async readAgain(drive: Drive, version: DatasetVersion, items: OpenItems): Promise<void> {
    const { projectId } = drive;
    const places = await this.drives.listPositions(drive, items.unread);
    for (const { item, position } of places) {
      const page = await this.scope.transaction(projectId, (tx) =>
        this.datasets.listItems(tx, projectId, version, { after: position - 1, limit: 1 }),
      );
      const [found] = page.items;
      if (found?.position !== position)
        throw new DriveFailure('DATASET_VERSION_NOT_FOUND', 'An item of the dataset is gone.');
      items.fill(item, found);
    }
  }

  /** Opens enough items to fill the free slots with cells. @returns null when the lease is lost. */
  private async open(
    { drive, plan }: CellContext,
    version: DatasetVersion,
    next: { readonly item: number; readonly after: number | null },
    free: number,
  ) {
    const { projectId } = drive;
    const cellsOfItem = plan.candidates.length * plan.repetitions;
    const limit = Math.max(1, Math.ceil(free / cellsOfItem));
    const { items } = await this.scope.transaction(projectId, (tx) =>
      this.datasets.listItems(tx, projectId, version, { after: next.after, limit }),
    );
    const last = items.at(-1);
    if (last === undefined)
      throw new DriveFailure('DATASET_VERSION_NOT_FOUND', 'Items of the dataset are gone.');
    if (!(await this.drives.openItems(drive, plan, next.item, items))) return null;
    return {
      items: items as readonly DatasetItem[],
      after: last.position,
      cellsOf: (at: number) => listCells(next.item + at, plan),
    };
  }
}

/** Lists every candidate once before repeating any, so that changes in a provider over time affect all of them alike. */
function listCells(item: number, { candidates, repetitions }: CellContext['plan']): OpenCell[] {
  return Array.from({ length: repetitions }, (_, repetition) =>
    candidates.map((__, candidate) => ({ item, candidate, repetition, executionId: null })),
  ).flat();
}
