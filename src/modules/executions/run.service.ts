import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../infra/database/index.js';
import { problemAnswer, RawAnswer } from '../../infra/http/index.js';
import { Clock } from '../../kernel/index.js';
import type { Caller } from '../auth/index.js';
import { RateLimits } from '../limits/index.js';
import { Circuits, circuitOutcomeOf, type CircuitPass } from '../providers/index.js';
import type { Claim } from './claim.js';
import { providerProblem, ProviderCircuitOpenError } from './errors.js';
import { type AdmittedExecution, ExecutionAdmission, messagesOf } from './execution-admission.js';
import { type ExecutionDoor, OWN_DOOR } from './execution-door.js';
import type { Beginning } from './execution-rows.js';
import { executionSummary } from './execution-views.js';
import type { ExecuteDto } from './execute.dto.js';
import type { ExecutionResultDto } from './executions.dto.js';
import { ExecutionsRepository } from './executions.repository.js';
import { IdempotencyService, KEY_TAKEN, storedAnswer, type UsedKey } from './idempotency/index.js';
import { OwnershipLostError } from './ownership-lost-error.js';
import { type CallOutcome, ProviderCaller, tokensOf } from './provider-caller.js';
import { QueueGate } from './queue-gate.js';
import { runRetryWaitMs } from './retry-policy.js';

/** A `:run` on its way. */
interface Run extends Claim {
  readonly door: ExecutionDoor;
  readonly admitted: AdmittedExecution;
  readonly key: UsedKey | null;
  readonly createdAt: Date;
  /** By the monotonic clock. */
  readonly deadlineAtMs: number;
}

interface LastCall {
  readonly attempt: number;
  readonly outcome: CallOutcome;
}

type Pass = Extract<CircuitPass, { open: false }>;

/** A lease that is over by this much after the deadline belongs to a process that is gone. */
const LEASE_GRACE_MS = 15_000;

/** Runs and waits: two waits on the database, one before the call and one after. */
@Injectable()
export class RunService {
  constructor(
    private readonly admission: ExecutionAdmission,
    private readonly executions: ExecutionsRepository,
    private readonly idempotency: IdempotencyService,
    private readonly gate: QueueGate,
    private readonly limits: RateLimits,
    private readonly circuits: Circuits,
    private readonly caller: ProviderCaller,
    private readonly databaseClock: DatabaseClock,
    private readonly clock: Clock,
  ) {}

  /**
   * The execution and its attempt are committed before the provider is called, and how it ended before the answer. A
   * failure of the provider is an answer too: `PROVIDER_REJECTED`, `PROVIDER_FAILED`, `PROVIDER_TIMEOUT` or
   * `PROVIDER_CIRCUIT_OPEN` with the id of the failed execution.
   * @param path of the request, for `instance`.
   * @param door how it is answered; left out: with an {@link ExecutionResultDto}.
   * @throws what {@link ExecutionAdmission} and {@link IdempotencyService.once} throw; then nothing was written.
   * @throws QueueFullError `QUEUE_FULL` | RateLimitedError `RATE_LIMITED`
   */
  async run(
    who: Caller,
    request: ExecuteDto & { readonly template_hash?: string | null },
    variablesJson: string | null,
    {
      path,
      key,
      door = OWN_DOOR,
    }: { readonly path: string; readonly key: UsedKey | null; readonly door?: ExecutionDoor },
  ): Promise<RawAnswer> {
    const startedAtMs = this.clock.monotonicMs();
    const leave = this.gate.enter(who.projectId);
    try {
      const { variables, correlation_id: correlationId = null } = request;
      const answer = await this.idempotency.once(who.projectId, key, async () => {
        await this.limits.admit(who, 1);
        return this.admission.admitAndWrite(who.projectId, request, 'sync', {
          prepare: (common) => {
            door.admit(common);
            return this.admission.render(common, { variables, variablesJson, correlationId });
          },
          write: (admitted) => {
            const deadlineAtMs = startedAtMs + admitted.timeoutMs;
            return this.runAdmitted({ admitted, key, door, deadlineAtMs }, who, path);
          },
        });
      });
      return await this.limits.onAnswer(who, answer);
    } finally {
      leave();
    }
  }

  private async runAdmitted(
    begun: Pick<Run, 'admitted' | 'door' | 'key' | 'deadlineAtMs'>,
    who: Caller,
    path: string,
  ): Promise<RawAnswer | 'stale' | typeof KEY_TAKEN> {
    const { provider, modelName } = begun.admitted.model;
    const pass = this.circuits.tryAcquire(provider, modelName);
    const run: Run = {
      ...begun,
      projectId: who.projectId,
      executionId: this.databaseClock.newId(),
      fence: 1,
      createdAt: this.databaseClock.now(),
    };
    if (pass.open) return this.refuse(run, who, path, pass.retryAfterMs);
    let calls: LastCall | undefined;
    try {
      const { timeoutMs } = run.admitted;
      const beginning = {
        ...beginningOf(run, who),
        status: 'running' as const,
        leaseMs: timeoutMs + LEASE_GRACE_MS,
      };
      const inserted = await this.executions.insert(beginning);
      if (inserted !== 'inserted') return inserted === 'stale' ? 'stale' : KEY_TAKEN;
      calls = await this.call(run, pass);
      this.limits.charge(who, tokensOf(calls.outcome));
    } finally {
      // Also when nothing was called: a trial that is not settled would keep the circuit open.
      if (calls === undefined) pass.settle('neutral');
    }
    return this.finish(run, calls, path);
  }

  /** Calls, and calls again while that makes sense: few times, quickly, and inside the deadline. */
  private async call(run: Run, firstPass: Pass): Promise<LastCall> {
    const { admitted, executionId } = run;
    const { provider, modelName } = admitted.model;
    const messages = messagesOf(admitted.rendered);
    let pass = firstPass;
    for (let attempt = 1; ; attempt += 1) {
      const call = { executionId, attempt, provider, modelName, messages, params: admitted.params };
      const outcome = await this.caller.call({ ...call, deadlineMs: this.remainingMs(run) });
      pass.settle(circuitOutcomeOf(outcome.succeeded ? null : outcome.failure.kind));
      const waitMs = this.retryWaitMs(run, attempt, outcome);
      if (waitMs === null) return { attempt, outcome };
      await sleep(waitMs);
      const next = this.circuits.tryAcquire(provider, modelName);
      if (next.open) return { attempt, outcome };
      pass = next;
      let isDispatched = false;
      try {
        // How the last call ended and that there is another, in one commit: before its socket is opened.
        const again = { kind: 'running', provider, modelName } as const;
        isDispatched = await this.executions.finish(run, attempt, outcome, again);
      } finally {
        if (!isDispatched) pass.settle('neutral');
      }
      if (!isDispatched) throw new OwnershipLostError(executionId);
    }
  }

  private retryWaitMs(run: Run, attemptsMade: number, outcome: CallOutcome): number | null {
    if (outcome.succeeded || attemptsMade >= run.admitted.maxAttempts) return null;
    const { kind, retryAfterMs } = outcome.failure;
    const remainingMs = this.remainingMs(run);
    return runRetryWaitMs({ kind, attemptsMade, retryAfterMs, remainingMs, random: Math.random() });
  }

  private async finish(
    run: Run,
    { attempt, outcome }: LastCall,
    path: string,
  ): Promise<RawAnswer | typeof KEY_TAKEN> {
    const completedAt = this.databaseClock.now();
    const answer = outcome.succeeded
      ? RawAnswer.json(
          200,
          JSON.stringify(run.door.present(resultOf(run, outcome.completion, completedAt), run.admitted)),
        )
      : failureAnswer(run, attempt, outcome.failure, path);
    const stored = run.key === null ? {} : { key: run.key, answer: storedAnswer(answer) };
    const next = { kind: 'final' as const, completedAt, ...stored };
    if (await this.executions.finish(run, attempt, outcome, next)) return answer;
    // With a key, what is answered now is what will be answered again: what the sweep has recorded.
    if (run.key !== null) return KEY_TAKEN;
    throw new OwnershipLostError(run.executionId);
  }

  /** Kept for the record, with no attempt: nobody was called. */
  private async refuse(
    run: Run,
    who: Caller,
    path: string,
    retryAfterMs: number,
  ): Promise<RawAnswer | 'stale' | typeof KEY_TAKEN> {
    const { provider, modelName } = run.admitted.model;
    const problem = new ProviderCircuitOpenError(`${provider}/${modelName}`, retryAfterMs, {
      execution_id: run.executionId,
      provider_status: null,
      attempts: 0,
    });
    const answer = problemAnswer(problem, path);
    const inserted = await this.executions.insert({
      ...beginningOf(run, who),
      status: 'failed',
      error: { type: 'provider_error', message: problem.message },
      answer: storedAnswer(answer),
    });
    if (inserted === 'inserted') return answer;
    return inserted === 'stale' ? 'stale' : KEY_TAKEN;
  }

  private remainingMs({ deadlineAtMs }: Run): number {
    return Math.max(0, deadlineAtMs - this.clock.monotonicMs());
  }
}

function beginningOf(run: Run, who: Caller): Omit<Beginning, 'status'> {
  const { executionId, projectId, createdAt, admitted, key } = run;
  const { actor: requestedBy, keyId } = who;
  return { executionId, projectId, requestedBy, keyId, mode: 'sync', createdAt, admitted, key };
}

function failureAnswer(
  run: Run,
  attempts: number,
  failure: Extract<CallOutcome, { succeeded: false }>['failure'],
  path: string,
): RawAnswer {
  const members = { execution_id: run.executionId, provider_status: failure.status, attempts };
  return problemAnswer(providerProblem(failure, members), path);
}

function resultOf(
  { executionId, admitted, createdAt }: Run,
  completion: Extract<CallOutcome, { succeeded: true }>['completion'],
  completedAt: Date,
): ExecutionResultDto {
  const summary = executionSummary({
    executionId,
    status: 'succeeded',
    mode: 'sync',
    origin: 'ledger',
    promptName: admitted.promptName,
    versionNumber: admitted.version.versionNumber,
    checksumHash: admitted.version.checksumHash,
    environment: admitted.environment,
    provider: admitted.model.provider,
    modelName: admitted.model.modelName,
    finishReason: completion.finishReason,
    promptTokens: completion.usage.promptTokens,
    responseTokens: completion.usage.responseTokens,
    latencyMs: completion.latencyMs,
    correlationId: admitted.correlationId,
    batchId: null,
    errorType: null,
    createdAt,
    startedAt: createdAt,
    completedAt,
  });
  const { text, truncated, sha256 } = completion;
  return { ...summary, response_text: text, response_truncated: truncated, response_sha256: sha256 };
}
