import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppConfig } from '../../../infra/config/index.js';
import { DatabaseClock } from '../../../infra/database/index.js';
import { Clock, getMessage } from '../../../kernel/index.js';
import { QueueFullError } from '../errors.js';
import { ProjectQueue } from './project-queue.js';
import { QueueSegments } from './queue-segments.js';
import { ExecutionsRepository } from '../record/index.js';

/** The number of projects whose queues are remembered. A forgotten queue is counted again. */
const MOST_PROJECTS = 10_000;
/** The share of concurrent requests that one project may take, so that the rest is left for others. */
const PROJECT_SHARE = 0.75;

/** Slots for work, in total and for each project. */
class Places {
  private readonly ofProjects = new Map<string, number>();
  private total = 0;

  /** @returns a function that frees the slot; null when there is none. */
  take(projectId: string, most: number): (() => void) | null {
    const ofProject = this.ofProjects.get(projectId) ?? 0;
    if (this.total >= most || ofProject >= Math.max(1, Math.floor(most * PROJECT_SHARE))) return null;
    this.total += 1;
    this.ofProjects.set(projectId, ofProject + 1);
    return () => this.leave(projectId);
  }

  private leave(projectId: string): void {
    this.total -= 1;
    const rest = (this.ofProjects.get(projectId) ?? 1) - 1;
    if (rest > 0) this.ofProjects.set(projectId, rest);
    else this.ofProjects.delete(projectId);
  }
}

/**
 * Rejects work before it piles up. Counts a project's queue now and then rather than for each request, and only when the
 * project submits; adds what this process admits between two counts. Counts concurrent requests in memory.
 */
@Injectable()
export class QueueGate {
  private readonly logger = new Logger(QueueGate.name);
  private readonly inFlight = { requests: new Places(), streams: new Places() };
  private readonly queues = new LRUCache<string, ProjectQueue>({ max: MOST_PROJECTS });

  constructor(
    private readonly config: AppConfig,
    private readonly executions: ExecutionsRepository,
    private readonly clock: Clock,
    private readonly databaseClock: DatabaseClock,
  ) {}

  /**
   * Lets `count` executions into the queue.
   * @throws QueueFullError `QUEUE_FULL` when too many of the project wait already.
   */
  async admit(projectId: string, count: number): Promise<void> {
    const queue = this.getQueue(projectId);
    queue.refreshSoon();
    // Never refuse a request by an old count, not even a partly old one, because the queue may have drained since.
    if (!queue.hasRoom(count)) await queue.whenRefreshed();
    if (!queue.hasRoom(count)) await queue.countAll();
    if (!queue.hasRoom(count)) throw new QueueFullError('queue', this.config.env.MAX_QUEUED);
    queue.admit(count);
  }

  /**
   * Takes a slot for a request until the returned function is called. Streams are counted separately, because they last as long
   * as an answer is read, and cost little meanwhile.
   * @throws QueueFullError `QUEUE_FULL` when this process has enough to do, or enough of this project.
   */
  enter(projectId: string, kind: 'requests' | 'streams' = 'requests'): () => void {
    const { MAX_CONCURRENT_REQUESTS, MAX_CONCURRENT_STREAMS } = this.config.env;
    const most = kind === 'requests' ? MAX_CONCURRENT_REQUESTS : MAX_CONCURRENT_STREAMS;
    const leave = this.inFlight[kind].take(projectId, most);
    if (leave === null) throw new QueueFullError(kind, most);
    return leave;
  }

  private getQueue(projectId: string): ProjectQueue {
    const known = this.queues.get(projectId);
    if (known !== undefined) return known;
    const { MAX_QUEUED: mostQueued } = this.config.env;
    const queue = new ProjectQueue({
      segments: new QueueSegments((slice) => this.executions.countQueued(projectId, slice), mostQueued),
      mostQueued,
      monotonicMs: () => this.clock.monotonicMs(),
      databaseNowMs: () => this.databaseClock.nowMs(),
      onFailure: (error) => this.logger.debug(`the queue could not be counted: ${getMessage(error)}`),
    });
    this.queues.set(projectId, queue);
    return queue;
  }
}
