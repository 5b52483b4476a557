import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { RawAnswer } from '../../../infra/http/index.js';
import { CacheCounts, Clock, getMessage, parseJson } from '../../../kernel/index.js';
import { canonicalJson, toWireExtras } from '../../../templating/index.js';
import type { AdmittedExecution, BareCall } from '../admission/execution-request.js';
import type { SentPrompt } from '../facts/sent-prompt.js';
import { ExecutionWaits } from '../reads/execution-waits.js';
import { type CachedAnswer, ResponseCacheRepository } from './response-cache.repository.js';

/** Identifies the request, and the execution that gets the answer if there is none yet. */
export interface CacheRequest {
  readonly projectId: string;
  readonly executionId: string;
  readonly admitted: AdmittedExecution;
  readonly ttlS: number;
}

/** The length of one wait, after which the client is checked for a disconnect. */
const LOOK_AGAIN_MS = 1000;

/**
 * Reuses answers for equal requests that opt in. Postgres holds the entries, as it does all state that the processes share. An
 * entry points to the answer that its execution keeps anyway, so there is no copy to keep in sync.
 */
@Injectable()
export class ResponseCache {
  /** Counts a request that waited for another's answer, and got it, as a hit. */
  readonly counts = new CacheCounts();
  private readonly logger = new Logger(ResponseCache.name);

  constructor(
    private readonly entries: ResponseCacheRepository,
    private readonly waits: ExecutionWaits,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers from the cache, or makes the call on behalf of all equal requests, which may wait for the answer.
   * @param deadlineAtMs until when to wait for an equal request in progress, by the monotonic clock; null: not at all.
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
      // Releases the claim, because neither a failure nor a refusal is of use to others.
      if (!(answer instanceof RawAnswer && answer.status < 300)) await this.giveUp(request);
    }
  }

  /**
   * Finds the answer to an equal request, and waits for one in progress.
   * @returns null when there is none: then this execution holds the claim, or the time is up.
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

/** Compares content that is not a saved version by what it renders to. */
function messagesOfBare(bare: BareCall | null, rendered: SentPrompt): SentPrompt | BareCall['messages'] {
  return bare?.content === undefined ? (bare?.messages ?? []) : rendered;
}

/** Members of OpenAI's API that change the answer. The others say what is done with it, or for whom it is. */
const ANSWER_PARAMS = ['reasoning_effort', 'verbosity', 'parallel_tool_calls'];

/**
 * Returns the SHA-256 of the RFC 8785 JSON of what makes two requests equal: version, variables, models and params. Numbers
 * count as they are written. The order of keys counts only where it shows in the rendered prompt, which is included for that
 * reason.
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
