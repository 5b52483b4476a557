import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../../infra/database/index.js';
import type { RawAnswer } from '../../../infra/http/index.js';
import { Clock } from '../../../kernel/index.js';
import type { Caller } from '../../auth/index.js';
import { ExecutionRenderer, toEntry } from '../admission/execution-renderer.js';
import type { AdmittedExecution, AdmittedRequest, RequestToAdmit } from '../admission/execution-request.js';
import { ResponseCache } from '../cache/index.js';
import type { UsedKey } from '../idempotency/index.js';
import type { ExecuteDto } from '../wire/execute.dto.js';
import type { AnswerSink } from '../runs/answer-sink.js';
import { type ExecutionProtocol, OWN_PROTOCOL } from '../runs/execution-protocol.js';
import { Intake, type Written } from './intake.js';
import type { AskedRun } from '../runs/run.js';
import { SyncExecutions } from './sync-executions.js';

/** A `:run`, a `:stream`, or the equivalent of a request to another API. */
export type RunRequest = RequestToAdmit & Pick<ExecuteDto, 'variables' | 'correlation_id' | 'metadata'>;

export interface RunOptions {
  /** The path of the request, for `instance`. */
  readonly path: string;
  readonly key: UsedKey | null;
  /** The protocol of the answer; left out: an `ExecutionResultDto`. */
  readonly protocol?: ExecutionProtocol;
  /** Receives the answer as it streams. */
  readonly sink?: AnswerSink | null;
}

/** Runs and waits for the answer. The database is awaited twice, once before the call and once after it. */
@Injectable()
export class RunService {
  constructor(
    private readonly intake: Intake,
    private readonly renderer: ExecutionRenderer,
    private readonly executions: SyncExecutions,
    private readonly cache: ResponseCache,
    private readonly databaseClock: DatabaseClock,
    private readonly clock: Clock,
  ) {}

  /**
   * Commits the execution and its attempt before the provider is called, and the outcome before it answers. A failure of the
   * provider is an answer too: `PROVIDER_REJECTED`, `PROVIDER_FAILED`, `PROVIDER_TIMEOUT` or `PROVIDER_CIRCUIT_OPEN` with the
   * id of the failed execution. So is the cancellation when the reader of a stream leaves.
   * @throws what {@link Intake.answer} throws. @throws BudgetExceededError `BUDGET_EXCEEDED`
   */
  run(
    caller: Caller,
    request: RunRequest,
    variablesJson: string | null,
    { path, key, protocol = OWN_PROTOCOL, sink = null }: RunOptions,
  ): Promise<RawAnswer> {
    const startedAtMs = this.clock.monotonicMs();
    const asked: AskedRun = { caller, path, key, protocol, sink };
    const work = {
      request,
      prepare: (common: AdmittedRequest) => {
        protocol.admit(common);
        return this.renderer.render(common, toEntry(request, variablesJson));
      },
      write: (admitted: AdmittedExecution) => this.write(asked, admitted, startedAtMs + admitted.timeoutMs),
    };
    return this.intake.answer(caller, { key, count: 1, place: sink === null ? 'request' : 'stream' }, work);
  }

  private write(asked: AskedRun, admitted: AdmittedExecution, deadlineAtMs: number): Promise<Written> {
    const executionId = this.databaseClock.newId();
    const run = { asked, admitted, executionId, createdAt: this.databaseClock.now(), deadlineAtMs };
    const { cacheTtlS: ttlS } = admitted;
    if (ttlS === null) return this.executions.answerByCall(run);
    const wanted = { projectId: asked.caller.projectId, executionId, admitted, ttlS };
    return this.cache.answer(wanted, deadlineAtMs, {
      reuse: (cached) => this.executions.answerAgain(run, cached),
      ask: () => this.executions.answerByCall(run),
    });
  }
}
