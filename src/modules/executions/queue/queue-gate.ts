import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppConfig } from '../../../infra/config/index.js';
import { DatabaseClock } from '../../../infra/database/index.js';
import { Clock, getMessage } from '../../../kernel/index.js';
import { QueueFullError } from '../errors.js';
import { ProjectQueue } from './project-queue.js';
import { QueueSegments } from './queue-segments.js';
import { ExecutionsRepository } from '../record/index.js';

/** Projects whose queues are remembered; one that was forgotten is counted anew. */
const MOST_PROJECTS = 10_000;
/** The share of the requests at once that one project may take; the rest is left for the others. */
const PROJECT_SHARE = 0.75;

/** The places for work, in all and of each project. */
class Places {
  private readonly ofProjects = new Map<string, number>();
  private total = 0;

  /** @returns what gives the place back; null when there is none. */
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
 * Says no in time. What waits in the queue is counted every now and then and not for each request, and only of the project that
 * submits: between two counts what this process lets in is added. What runs at once is counted here, where it is.
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
    // A request is not refused by an old count, not even a partly old one, because the queue may have drained since.
    if (!queue.hasRoom(count)) await queue.whenRefreshed();
    if (!queue.hasRoom(count)) await queue.countAll();
    if (!queue.hasRoom(count)) throw new QueueFullError('queue', this.config.env.MAX_QUEUED);
    queue.admit(count);
  }

  /**
   * A request that is worked on until the returned function is called. Streams are counted by themselves: they last as
   * long as an answer is read, and cost little meanwhile.
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
