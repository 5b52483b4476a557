import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { RawAnswer } from '../../../infra/http/index.js';
import { CacheCounts, Clock, getMessage, parseJson } from '../../../kernel/index.js';
import { canonicalJson, toWireExtras } from '../../../templating/index.js';
import type { AdmittedExecution, BareCall } from '../admission/execution-request.js';
import type { SentPrompt } from '../facts/sent-prompt.js';
import { ExecutionWaits } from '../reads/execution-waits.js';
import { type CachedAnswer, ResponseCacheRepository } from './response-cache.repository.js';

/** Identifies the request, with the execution that will have the answer if there is none. */
export interface CacheRequest {
  readonly projectId: string;
  readonly executionId: string;
  readonly admitted: AdmittedExecution;
  readonly ttlS: number;
}

/** The length of one wait, after which it is checked whether the client is still there. */
const LOOK_AGAIN_MS = 1000;

/**
 * Answers that may stand for equal requests, where these ask for it. In Postgres, like everything that has to hold on
 * all processes: the answer is the one that its execution has kept anyway, so there is nothing to keep in step.
 */
@Injectable()
export class ResponseCache {
  /** A request that waited for another's answer, and got it, found one. */
  readonly counts = new CacheCounts();
  private readonly logger = new Logger(ResponseCache.name);

  constructor(
    private readonly entries: ResponseCacheRepository,
    private readonly waits: ExecutionWaits,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers by the cache, or asks in the name of all equal requests, which may wait for the answer.
   * @param deadlineAtMs until when an equal request that is under way is waited for, by the monotonic clock; null: not at all.
   */
  async answer<None>(
    request: CacheRequest,
    deadlineAtMs: number | null,
    steps: {
      readonly reuse: (cached: CachedAnswer) => Promise<RawAnswer | None>;
      readonly ask: () => Promise<RawAnswer | None>;
    },
  ): Promise<RawAnswer | None> {
    const cached = await this.findOrClaim(request, deadlineAtMs);
    if (cached !== null) return steps.reuse(cached);
    let answer: RawAnswer | None | undefined;
    try {
      answer = await steps.ask();
      return answer;
    } finally {
      // A failure, as a refusal, is of no use to others.
      if (!(answer instanceof RawAnswer && answer.status < 300)) await this.giveUp(request);
    }
  }

  /**
   * The answer to an equal request. An equal request under way is waited for.
   * @returns null when there is none: then this execution is known to be the one that gets it, or the time is up.
   */
  private async findOrClaim(
    request: CacheRequest,
    deadlineAtMs: number | null,
  ): Promise<CachedAnswer | null> {
    const { projectId, executionId, admitted, ttlS } = request;
    const key = toCacheKey(admitted);
    for (;;) {
      const entry = await this.entries.find(projectId, key, ttlS);
      if (entry?.state === 'answer') {
        this.counts.hits += 1;
        return entry;
      }
      if (entry?.state !== 'under_way') {
        const instead = entry?.executionId ?? null;
        if (!(await this.entries.claim(projectId, key, { executionId, instead, ttlS }))) continue;
        this.counts.misses += 1;
        return null;
      }
      const leftMs = (deadlineAtMs ?? 0) - this.clock.monotonicMs();
      if (leftMs <= 0) {
        this.counts.misses += 1;
        return null;
      }
      await this.waits.untilFinal(projectId, entry.executionId, Math.min(leftMs, LOOK_AGAIN_MS));
    }
  }

  /** Releases the key of an execution without an answer, so that waiting requests make their own calls. Never rejects. */
  private async giveUp({ projectId, executionId, admitted }: CacheRequest): Promise<void> {
    await this.entries.unclaim(projectId, toCacheKey(admitted), executionId).catch((error: unknown) => {
      this.logger.warn({ executionId }, `a claim in the cache was not taken back: ${getMessage(error)}`);
    });
  }
}

/** A content that is no version is what it renders to. */
function messagesOfBare(bare: BareCall | null, rendered: SentPrompt): SentPrompt | BareCall['messages'] {
  return bare?.content === undefined ? (bare?.messages ?? []) : rendered;
}

/** Members of OpenAI's API that change the answer; the others say what is done with it, or for whom it is. */
const ANSWER_PARAMS = ['reasoning_effort', 'verbosity', 'parallel_tool_calls'];

/**
 * SHA-256 over the RFC 8785 JSON of what makes two requests equal: version, variables, models and params. Numbers count as
 * they are written. The order of keys counts only where it shows in the rendered prompt, which is a part of it for that.
 */
export function toCacheKey(admitted: AdmittedExecution): Buffer {
  const { prompt, bare, variablesJson, rendered, targets, params, extras } = admitted;
  const asked =
    prompt === null
      ? { messages: messagesOfBare(bare, rendered), extras: toWireExtras(bare?.extras) }
      : { version_id: prompt.version.versionId, variables: parseJson(variablesJson), rendered };
  const models = targets.map(({ modelId }) => modelId);
  const vendor = Object.entries(extras.vendorParams ?? {}).filter(([name]) => ANSWER_PARAMS.includes(name));
  const more = vendor.length === 0 ? {} : { vendor_params: Object.fromEntries(vendor) };
  return createHash('sha256')
    .update(canonicalJson({ ...asked, models, params, ...more }))
    .digest();
}
