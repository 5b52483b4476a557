import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { problemAnswer, RawAnswer } from '../../../infra/http/index.js';
import { ContentErasedError } from '../erasure/errors.js';
import { providerProblem } from '../errors.js';
import { IdempotencyInFlightError, IdempotencyKeyReusedError } from './errors.js';
import { IdempotencyRepository, type KeyRecord } from './idempotency.repository.js';
import type { StoredAnswer, UsedKey } from './used-key.js';

/** The insert found the key taken, and wrote nothing. */
export const KEY_TAKEN = Symbol('the idempotency key is taken');

const REPLAYED = { 'Idempotency-Replayed': 'true' };

/** Replays the first answer for a request that is sent again with its key. */
@Injectable()
export class IdempotencyService {
  constructor(private readonly keys: IdempotencyRepository) {}

  /**
   * Does the work once for each key. Callers without the right to do it were refused before, because a replay needs the same
   * scopes.
   * @param work answers {@link KEY_TAKEN} when another request was first after all.
   * @throws IdempotencyKeyReusedError `IDEMPOTENCY_KEY_REUSED` | IdempotencyInFlightError `IDEMPOTENCY_IN_FLIGHT`
   * @throws ContentErasedError `CONTENT_ERASED` when the answer has been erased.
   */
  async once(
    projectId: string,
    key: UsedKey | null,
    work: () => Promise<RawAnswer | typeof KEY_TAKEN>,
  ): Promise<RawAnswer> {
    if (key === null) return (await work()) as RawAnswer;
    // Comes before admission, because a stored answer stays valid whatever has become of its prompt.
    const known = await this.keys.find(projectId, key);
    if (known !== null) return this.replay(projectId, key, known);
    const answer = await work();
    if (answer !== KEY_TAKEN) return answer;
    const taken = await this.keys.find(projectId, key);
    // The key expired in between. The caller should send the request again, as for any that is in flight.
    if (taken === null) throw new IdempotencyInFlightError(key.key, null);
    return this.replay(projectId, key, taken);
  }

  /**
   * Takes a key in the transaction of work that is complete when it commits.
   * @param subjectId the id of what the work creates.
   * @returns false when another request was first; then the work answers {@link KEY_TAKEN}.
   */
  take(
    tx: EntityManager,
    projectId: string,
    key: UsedKey,
    subjectId: string,
    answer: RawAnswer,
  ): Promise<boolean> {
    return this.keys.take(tx, projectId, key, subjectId, storedAnswer(answer));
  }

  /**
   * Reserves a key for one request. The answer is not stored, because repeating the work gives the same result.
   * @param executionId the subject of the request.
   * @throws IdempotencyKeyReusedError `IDEMPOTENCY_KEY_REUSED` | ContentErasedError `CONTENT_ERASED`
   */
  async reserve(projectId: string, key: UsedKey | null, executionId: string): Promise<void> {
    if (key === null || (await this.keys.reserve(projectId, key, executionId))) return;
    const taken = await this.keys.find(projectId, key);
    // The key expired in between, so the client has to send the request again.
    if (taken === null) throw new IdempotencyInFlightError(key.key, null);
    assertSameRequest(key, taken);
  }

  private async replay(projectId: string, key: UsedKey, record: KeyRecord): Promise<RawAnswer> {
    assertSameRequest(key, record);
    const answer = record.answer ?? (await this.answerOfLost(projectId, key, record));
    return new RawAnswer(answer.status, { ...answer.headers, ...REPLAYED }, answer.body);
  }

  /**
   * Answers for an execution whose process died before it ended. No answer is stored, so the first request composes one, and
   * all others get the same.
   */
  private async answerOfLost(projectId: string, key: UsedKey, record: KeyRecord): Promise<StoredAnswer> {
    const { subjectId, executionStatus, errorType, errorMessage, attemptsMade } = record;
    if (subjectId === null || executionStatus !== 'failed') {
      throw new IdempotencyInFlightError(key.key, subjectId);
    }
    const failure = {
      kind: errorType ?? 'outcome_unknown',
      message: errorMessage ?? '',
      status: null,
      retryAfterMs: null,
    };
    const members = { execution_id: subjectId, provider_status: null, attempts: attemptsMade ?? 0 };
    const answer = storedAnswer(problemAnswer(providerProblem(failure, members), key.route));
    if (await this.keys.store(projectId, key, answer)) return answer;
    const stored = await this.keys.find(projectId, key);
    if (stored !== null && stored.erasedAt !== null) {
      throw ContentErasedError.ofAnswer(subjectId, stored.erasedAt);
    }
    return stored?.answer ?? answer;
  }
}

function assertSameRequest({ key, fingerprint }: UsedKey, record: KeyRecord): void {
  // The fingerprint was erased with the content, so the key is used up, whatever the request is.
  if (record.erasedAt !== null) throw ContentErasedError.ofAnswer(record.subjectId, record.erasedAt);
  if (!record.fingerprint.equals(fingerprint)) throw new IdempotencyKeyReusedError(key);
}

export function storedAnswer({ status, headers, body }: RawAnswer): StoredAnswer {
  return { status, headers, body: body.toString() };
}
