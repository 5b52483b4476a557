import { Injectable } from '@nestjs/common';
import type { RawAnswer } from '../../../infra/http/index.js';
import type { Caller } from '../../auth/index.js';
import { RateLimits } from '../../limits/index.js';
import { ExecutionAdmission } from '../admission/execution-admission.js';
import type { AdmittedRequest, RequestToAdmit } from '../admission/execution-request.js';
import { IdempotencyService, type KEY_TAKEN, type UsedKey } from '../idempotency/index.js';
import { QueueGate } from '../queue/queue-gate.js';

/** The resources that a request takes up. */
export interface IntakeOptions {
  readonly key: UsedKey | null;
  /** The number of executions that the request asks for. */
  readonly count: number;
  /** Whether the executions run in the request, in one with a streamed answer, or from the queue. */
  readonly place: 'request' | 'stream' | 'queue';
}

/** The answer that was written, or the reason why nothing was. */
export type Written = RawAnswer | 'stale' | typeof KEY_TAKEN;

/** The steps from an admitted request to a durable answer. */
export interface IntakeWork<Prepared> {
  readonly request: RequestToAdmit;
  /** May be called again when what was admitted turns out to be outdated. @throws LedgerError for what is refused. */
  readonly prepare: (admitted: AdmittedRequest) => Prepared | Promise<Prepared>;
  readonly write: (prepared: Prepared) => Promise<Written>;
}

/** The entry point for everything that asks for executions. Applies capacity, idempotency key and limits before admission. */
@Injectable()
export class Intake {
  constructor(
    private readonly gate: QueueGate,
    private readonly idempotency: IdempotencyService,
    private readonly limits: RateLimits,
    private readonly admission: ExecutionAdmission,
  ) {}

  /**
   * Resolves when the answer is durable.
   * @throws what {@link ExecutionAdmission} and {@link IdempotencyService.once} throw; then nothing was written.
   * @throws QueueFullError `QUEUE_FULL` | RateLimitedError `RATE_LIMITED`, where each execution counts.
   */
  async answer<Prepared>(
    caller: Caller,
    { key, count, place }: IntakeOptions,
    work: IntakeWork<Prepared>,
  ): Promise<RawAnswer> {
    const { projectId } = caller;
    const leave = this.gate.enter(projectId, place === 'stream' ? 'streams' : 'requests');
    try {
      const answer = await this.idempotency.once(projectId, key, async () => {
        await this.limits.admit(caller, count);
        if (place === 'queue') await this.gate.admit(projectId, count);
        const mode = place === 'queue' ? 'async' : 'sync';
        return this.admission.admitAndWrite(projectId, work.request, mode, work);
      });
      return await this.limits.onAnswer(caller, answer);
    } finally {
      leave();
    }
  }

  /**
   * Records executions that are already final. They are not admitted, and count against no limit.
   * @throws what {@link IdempotencyService.once} throws; then nothing was written.
   * @throws QueueFullError `QUEUE_FULL`
   */
  async record(
    projectId: string,
    key: UsedKey | null,
    write: () => Promise<RawAnswer | typeof KEY_TAKEN>,
  ): Promise<RawAnswer> {
    const leave = this.gate.enter(projectId);
    try {
      return await this.idempotency.once(projectId, key, write);
    } finally {
      leave();
    }
  }
}
