import { Injectable } from '@nestjs/common';
import { heavyWork, LedgerError } from '../../../kernel/index.js';
import type { Caller } from '../../auth/index.js';
import type { CheckName, ScorerDefinition } from '../scorer-definition.js';
import { thresholdFor } from '../scorer-definition.js';
import { ScorerKindMismatchError } from '../errors.js';
import { runCheck } from '../checks/run-check.js';
import { type CallJudge, JudgeCalls } from '../judges/judge-calls.js';
import { composeJudgeVariables } from '../judges/judge-variables.js';
import { readJudgement } from '../judges/read-judgement.js';
import type { SandboxJob } from '../sandbox/sandbox-job.js';
import { SandboxThreads } from '../sandbox/sandbox-threads.js';
import { JobTimedOut, ThreadDied } from '../sandbox/thread.js';
import type { ScorerVersion } from '../scorer-version.js';
import { composeCodeInput } from './compose-code-input.js';
import type { ScorableAnswer } from '../scorable-answer.js';
import { type Finding, type ScoringError, scoringError, type Verdict } from '../verdict.js';

export interface ScoringOptions {
  /**
   * Names this scoring. A judge asked twice under the same key returns the same judgement, so that a killed process that runs again calls
   * nobody a second time. Null: each scoring is a new one.
   */
  readonly key: string | null;
  /** The experiment that judgements are part of, whose budget covers them. Left out: none. */
  readonly batchId?: string;
  /** Runs judgements. Left out: they are queued as ordinary executions and awaited. */
  readonly callJudge?: CallJudge;
}

/** Texts shorter than this are checked on the event loop, in well under a millisecond. */
const MOST_CHARS_AT_ONCE = 16_384;

/** These may take long even for short texts. */
const ALWAYS_APART: readonly CheckName[] = ['regex', 'json_schema'];

/** These check how the answer was produced, not the answer itself. */
const WITHOUT_ANSWER: readonly CheckName[] = ['max_latency_ms', 'max_cost_usd'];

/** Scores answers: by checks, by code in a sandbox, and by judges. */
@Injectable()
export class ScoringService {
  constructor(
    private readonly threads: SandboxThreads,
    private readonly judges: JudgeCalls,
  ) {}

  /**
   * Scores an answer with a version of a scorer. Writes nothing. An error is a verdict too: the scorer could not decide.
   * @param caller on whose behalf judgements run.
   * @throws ScorerKindMismatchError `SCORER_KIND_MISMATCH` for a scorer of kind `human`.
   * @throws LedgerError when there is no verdict, and a retry or more budget may help: `SANDBOX_UNAVAILABLE`, and what submitting an
   *   execution throws (`QUEUE_FULL`, `RATE_LIMITED`, `BUDGET_EXCEEDED` …).
   */
  async scoreAnswer(
    caller: Caller,
    { name, definition, ...version }: ScorerVersion,
    answer: ScorableAnswer,
    { key, batchId, callJudge = (request) => this.judges.call(caller, request) }: ScoringOptions,
  ): Promise<Verdict> {
    if (definition.kind !== 'human' && answer.isMasked && readsAnswer(definition))
      return scoringError('answer_masked', 'The stored answer has masked parts, so it cannot be scored.');
    switch (definition.kind) {
      case 'check':
        return toVerdict(definition, await this.check({ kind: 'check', definition, answer }));
      case 'code': {
        const job = { kind: 'code', source: definition.source, inputJson: composeCodeInput(answer) } as const;
        return toVerdict(definition, await this.runApart(job));
      }
      case 'judge': {
        const variables = await heavyWork.run(() => composeJudgeVariables(answer));
        const judgement = await callJudge({
          definition,
          variables,
          key,
          batchId,
          scoredExecutionId: answer.executionId,
          metadata: {
            scorer: `${name}@${version.versionNumber}`,
            scored_execution_id: answer.executionId,
          },
        });
        if (judgement.kind === 'error') return judgement;
        const found = readJudgement(definition, judgement);
        return toVerdict(definition, found, judgement.executionId);
      }
      case 'human':
        throw ScorerKindMismatchError.ofScoring(name);
    }
  }

  private async check(job: Extract<SandboxJob, { kind: 'check' }>): Promise<Finding | ScoringError> {
    const { definition, answer } = job;
    const chars = answer.responseText.length + (definition.valueJson ?? answer.expectedJson ?? '').length;
    const isShort = chars <= MOST_CHARS_AT_ONCE && !ALWAYS_APART.includes(definition.check);
    return isShort ? runCheck(definition, answer) : this.runApart(job);
  }

  /** Runs a job in a thread. If the thread had to be ended, that is the verdict. */
  private async runApart(
    job: Extract<SandboxJob, { kind: 'check' | 'code' }>,
  ): Promise<Finding | ScoringError> {
    const type = job.kind === 'code' ? 'code_out_of_bounds' : 'too_long';
    try {
      return await this.threads.run(job);
    } catch (error) {
      if (error instanceof LedgerError) throw error;
      if (error instanceof JobTimedOut) return scoringError(type, 'The scorer took too long and was ended.');
      if (error instanceof ThreadDied)
        return scoringError(type, 'The scorer broke its sandbox and was ended.');
      throw error;
    }
  }
}

function readsAnswer(definition: ScorerDefinition): boolean {
  return definition.kind !== 'check' || !WITHOUT_ANSWER.includes(definition.check);
}

/** Interprets a finding by the scorer's labels or threshold. */
function toVerdict(
  definition: ScorerDefinition & { readonly kind: 'check' | 'code' | 'judge' },
  found: Finding | ScoringError,
  judgeExecutionId: string | null = null,
): Verdict {
  if (found.kind === 'error') return { ...found, judgeExecutionId };
  const { value, label, explanation } = found;
  return {
    kind: 'score',
    source: definition.kind,
    value,
    label,
    passed: passes(definition, value, label),
    explanation,
    judgeExecutionId,
  };
}

/** Returns whether the label passes, or the value reaches the threshold. */
export function passes(definition: ScorerDefinition, value: number, label: string | null): boolean {
  const labels = 'labels' in definition ? definition.labels : null;
  if (labels !== null && label !== null) return labels[label] === true;
  return value >= thresholdFor(definition);
}
