import { Injectable, Logger } from '@nestjs/common';
import { LedgerError, getMessage } from '../../../kernel/index.js';
import { BudgetExceededError } from '../../budgets/index.js';
import { type ExecutionRecord, findMaskedValues } from '../../executions/index.js';
import {
  maskVerdict,
  ScoreLog,
  type ScorerVersion,
  type ScoreToKeep,
  ScoringService,
  toScorableAnswer,
  type Verdict,
} from '../../scorers/index.js';
import type { CellContext, CellItem } from './cell-context.js';
import { CellExecutions } from './cell-executions.js';
import { type CellError, CellsRepository, type CellScore } from './cells.repository.js';
import type { OpenCell } from './drives.repository.js';
import { pause } from './pause.js';
import { restoreCaller } from './stored-caller.js';

/** The outcome of a cell in this drive. A cell `refused` by a budget may be retried when others have ended. */
export type CellOutcome =
  | { readonly kind: 'ended' }
  | { readonly kind: 'left' }
  | { readonly kind: 'refused'; readonly error: BudgetExceededError };

/** The verdict of one of the plan's scorers on the answer. */
interface Scored {
  readonly scorer: number;
  readonly version: ScorerVersion;
  readonly verdict: Verdict;
}

const ENDED: CellOutcome = { kind: 'ended' };
const LEFT: CellOutcome = { kind: 'left' };
/** The pause before a failed cell is retried. */
const TRY_AGAIN_MS = 1000;

/** Takes one cell from its execution to its scores. */
@Injectable()
export class CellRunner {
  private readonly logger = new Logger(CellRunner.name);

  constructor(
    private readonly executions: CellExecutions,
    private readonly cells: CellsRepository,
    private readonly scoring: ScoringService,
    private readonly log: ScoreLog,
  ) {}

  /** Never rejects. Retries internal failures until the drive is over. */
  async run(context: CellContext, cell: OpenCell, item: CellItem, isResumed: boolean): Promise<CellOutcome> {
    const { signal, drive } = context;
    while (!signal.aborted) {
      try {
        return await this.runOnce(context, cell, item, isResumed);
      } catch (error) {
        if (error instanceof BudgetExceededError) return { kind: 'refused', error };
        const { experimentId } = drive;
        this.logger.warn({ experimentId, ...cell }, `a cell has to be tried again: ${getMessage(error)}`);
        await pause(TRY_AGAIN_MS, signal);
      }
    }
    return LEFT;
  }

  private async runOnce(
    context: CellContext,
    cell: OpenCell,
    item: CellItem,
    isResumed: boolean,
  ): Promise<CellOutcome> {
    let executionId: string | null;
    try {
      executionId = await this.executions.obtain(context, cell, item, isResumed);
    } catch (error) {
      // The request itself is invalid, so a retry would fail as well.
      if (!(error instanceof LedgerError) || error instanceof BudgetExceededError) throw error;
      return this.end(context, cell, null, { code: error.code, message: error.message }, []);
    }
    if (executionId === null) return LEFT;
    const execution = await this.executions.waitForEnd(context, executionId);
    if (execution === null) return LEFT;
    const failure = toFailure(execution);
    if (failure !== null) return this.end(context, cell, execution, failure, []);
    const scored: Scored[] = [];
    for (const [scorer, version] of context.scorers.entries()) {
      if (context.signal.aborted) return LEFT;
      scored.push({ scorer, version, verdict: await this.score(context, version, execution, item) });
    }
    return this.end(context, cell, execution, null, scored);
  }

  private async score(
    { drive, caller }: CellContext,
    version: ScorerVersion,
    execution: ExecutionRecord,
    item: CellItem,
  ): Promise<Verdict> {
    const { projectId, experimentId } = drive;
    const { executionId } = execution;
    const key = `${experimentId}/${executionId}/${version.scorerVersionId}`;
    const restored = restoreCaller(projectId, caller);
    const answer = toScorableAnswer(execution, item);
    if ('kind' in answer) return answer;
    const verdict = await this.scoring.scoreAnswer(restored, version, answer, { key, batchId: experimentId });
    return maskLikeExecution(verdict, execution, item);
  }

  private async end(
    { drive, caller, signal }: CellContext,
    cell: OpenCell,
    execution: ExecutionRecord | null,
    error: CellError | null,
    scored: readonly Scored[],
  ): Promise<CellOutcome> {
    if (signal.aborted) return LEFT;
    const executionId = execution?.executionId ?? null;
    const { latencyMs = null, costPicoUsd = null } = execution ?? {};
    const scores = scored.map(toCellScore);
    await this.cells.end(drive, cell, { executionId, latencyMs, costPicoUsd, error, scores }, (tx) =>
      this.log.keep(tx, restoreCaller(drive.projectId, caller), scored.flatMap(toKeep(executionId))),
    );
    return ENDED;
  }
}

function toCellScore({ scorer, verdict }: Scored): CellScore {
  const { judgeExecutionId } = verdict;
  if (verdict.kind === 'error') {
    return { scorer, score: null, judgeExecutionId, error: { code: verdict.type, message: verdict.message } };
  }
  const { value, passed, label } = verdict;
  return { scorer, score: { value, passed, label }, judgeExecutionId, error: null };
}

function toKeep(executionId: string | null): (scored: Scored) => ScoreToKeep[] {
  return ({ version, verdict }) =>
    executionId === null || verdict.kind === 'error' ? [] : [{ executionId, version, score: verdict }];
}

function toFailure({ status, errorType, errorMessage }: ExecutionRecord): CellError | null {
  if (status === 'succeeded') return null;
  return { code: errorType ?? status, message: errorMessage ?? `The execution was ${status}.` };
}

/** Masks the verdict like the execution. Scorers get the dataset's own variables, which the record may not show. */
function maskLikeExecution(
  verdict: Verdict,
  { masked, variablesJson }: ExecutionRecord,
  item: CellItem,
): Verdict {
  if ((masked ?? []).length === 0 || variablesJson === null) return verdict;
  return maskVerdict(verdict, findMaskedValues(item.variablesJson, variablesJson));
}
