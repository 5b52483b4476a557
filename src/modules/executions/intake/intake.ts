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
  /** The number of executions that it asks for. */
  readonly count: number;
  /** Where they are worked on: in the request itself, in one whose answer is streamed, or behind others in the queue. */
  readonly place: 'request' | 'stream' | 'queue';
}

/** The answer that was written, or the reason why nothing was. */
export type Written = RawAnswer | 'stale' | typeof KEY_TAKEN;

/** From a request to an answer that is durable. */
export interface IntakeWork<Prepared> {
  readonly request: RequestToAdmit;
  /** May be asked for again, when what was admitted turns out to be outdated. @throws LedgerError for what is refused. */
  readonly prepare: (admitted: AdmittedRequest) => Prepared | Promise<Prepared>;
  readonly write: (prepared: Prepared) => Promise<Written>;
}

/** The way in for all that asks for executions: each request has its place, its key and its limits before it is admitted. */
@Injectable()
export class Intake {
  constructor(
    private readonly gate: QueueGate,
    private readonly idempotency: IdempotencyService,
    private readonly limits: RateLimits,
    private readonly admission: ExecutionAdmission,
  ) {}

  /**
   * Durable when it answers.
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
   * For executions that are over when they come: nothing is admitted, and they count against no limit.
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
