import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppConfig } from '../../infra/config/index.js';
import type { RawAnswer } from '../../infra/http/index.js';
import type { Counters } from '../../infra/supervision/index.js';
import { RateLimitedError } from './errors.js';
import { RateCounters } from './rate-counters.js';
import {
  type Decision,
  findRefusing,
  toHeaders,
  listLimits,
  type RateLimit,
  type Spender,
  type Standing,
  countTaken,
} from './rate-limit.js';

const MAX_REMEMBERED = 10_000;
/** No count is given back this close to the end of a minute, because it might arrive in the next one and be a credit there. */
const EDGE_MS = 500;

type LimitHeaders = Readonly<Record<string, string>>;

const NO_HEADERS: LimitHeaders = {};

/**
 * Limits the executions that a key and a project may request in a minute, and the tokens that they may use. A caller without
 * limits is admitted without being counted.
 */
@Injectable()
export class RateLimits {
  /** Keyed by the caller. Each request has its own caller object, so an entry is the decision about one request. */
  private readonly decisions = new WeakMap<Spender, Decision>();
  /** Limits that have refused in their current minute. */
  private readonly refusing = new LRUCache<string, true>({ max: MAX_REMEMBERED });

  constructor(
    private readonly config: AppConfig,
    private readonly counters: RateCounters,
  ) {}

  /**
   * Counts `executions` that are about to be requested. A caller without limits does not wait.
   * @throws (as a rejection) RateLimitedError `RATE_LIMITED`; then nothing of any limit was used.
   */
  admit(caller: Spender, executions: number): void | Promise<void> {
    const limits = listLimits(caller, this.config.env);
    if (limits.length > 0) return this.count(caller, limits, executions);
  }

  private async count(caller: Spender, limits: readonly RateLimit[], executions: number): Promise<void> {
    const decision = await this.counters.ask((counters) => this.decide(counters, limits, executions));
    this.decisions.set(caller, decision);
    if (decision.refusedBy !== null) throw new RateLimitedError(decision.refusedBy, executions);
  }

  /** Counts tokens that were used. The request does not wait, because they are spent either way. */
  charge(spender: Spender, tokens: number): void {
    if (tokens <= 0) return;
    const all = listLimits(spender, this.config.env);
    const limits = all.length === 0 ? all : all.filter(({ unit }) => unit === 'tokens');
    if (limits.length === 0) return;
    void this.counters.ask((counters) => Promise.all(limits.map(({ id }) => counters.add(id, tokens))));
    const decision = this.decisions.get(spender);
    if (decision !== undefined) this.decisions.set(spender, withTokens(decision, tokens));
  }

  /** Returns the `RateLimit-*` headers of the answer to a request, whatever its outcome; none when no limit is set. */
  headersFor(caller: Spender): LimitHeaders | Promise<LimitHeaders> {
    const limits = listLimits(caller, this.config.env);
    if (limits.length === 0) return NO_HEADERS;
    const decision = this.decisions.get(caller);
    return decision === undefined ? this.readHeaders(limits) : toHeaders(decision);
  }

  private async readHeaders(limits: readonly RateLimit[]): Promise<LimitHeaders> {
    const standings = await this.counters.ask((counters) => look(counters, limits));
    return toHeaders({ standings, refusedBy: null });
  }

  /** Adds those headers to an answer. Call it only after the answer is stored, because they describe the current moment. */
  onAnswer(caller: Spender, answer: RawAnswer): RawAnswer | Promise<RawAnswer> {
    const headers = this.headersFor(caller);
    return headers instanceof Promise ? headers.then((read) => answer.with(read)) : answer.with(headers);
  }

  /**
   * Counts first, in one round trip, and takes it back when it was too much. Others see that count for a moment, so after a
   * refusal in the current minute it reads first, and a caller who keeps sending takes nothing from the others.
   */
  private async decide(
    counters: Counters,
    limits: readonly RateLimit[],
    executions: number,
  ): Promise<Decision> {
    if (limits.some(({ id }) => this.refusing.has(id))) {
      const standings = await look(counters, limits);
      const refusedBy = findRefusing(standings, executions);
      if (refusedBy !== null) return { standings, refusedBy };
    }
    const counted = await Promise.all(limits.map((limit) => take(counters, limit, executions)));
    const before = counted.map((each) => ({ ...each, used: each.used - countTaken(each.limit, executions) }));
    const refusedBy = findRefusing(before, executions);
    if (refusedBy === null) return { standings: counted, refusedBy };
    this.refusing.set(refusedBy.limit.id, true, { ttl: Math.max(1, refusedBy.resetMs) });
    const back = before.filter(
      ({ limit, resetMs }) => countTaken(limit, executions) > 0 && resetMs > EDGE_MS,
    );
    // The request does not wait for this. If it fails, the count expires with its minute.
    void Promise.all(back.map(({ limit: { id } }) => counters.giveBack(id, executions))).catch(
      () => undefined,
    );
    return { standings: before, refusedBy };
  }
}

function look(counters: Counters, limits: readonly RateLimit[]): Promise<Standing[]> {
  return Promise.all(limits.map((limit) => take(counters, limit, 0)));
}

async function take(counters: Counters, limit: RateLimit, executions: number): Promise<Standing> {
  const points = countTaken(limit, executions);
  const count = await (points === 0 ? counters.read(limit.id) : counters.add(limit.id, points));
  return { limit, ...count };
}

function withTokens({ standings, refusedBy }: Decision, tokens: number): Decision {
  const spent = standings.map((each) =>
    each.limit.unit === 'tokens' ? { ...each, used: each.used + tokens } : each,
  );
  return { standings: spent, refusedBy };
}
