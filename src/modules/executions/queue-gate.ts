import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../../infra/config/index.js';
import { Clock, messageOf } from '../../kernel/index.js';
import { QueueFullError } from './errors.js';
import { ExecutionsRepository } from './record/index.js';

const COUNT_INTERVAL_MS = 500;
/** Of the requests at once, what one project may take: the rest is left for the others. */
const PROJECT_SHARE = 0.75;

/** What is worked on at once, in all and of each project. */
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
 * Says no in time. What waits in the queue is counted every now and then and not for each request: between two counts
 * what this process lets in is added. What runs at once is counted here, where it is.
 */
@Injectable()
export class QueueGate {
  private readonly logger = new Logger(QueueGate.name);
  private readonly inFlight = { requests: new Places(), streams: new Places() };
  private queued = new Map<string, number>();
  private admitted = new Map<string, number>();
  /** Those that were let in before the count that is under way, which may not have seen them. */
  private beingCounted = new Map<string, number>();
  private countedAtMs = Number.NEGATIVE_INFINITY;
  private counting: Promise<void> | null = null;

  constructor(
    private readonly config: AppConfig,
    private readonly executions: ExecutionsRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Lets `count` executions into the queue.
   * @throws QueueFullError `QUEUE_FULL` when too many of the project wait already.
   */
  async admit(projectId: string, count: number): Promise<void> {
    this.countSoon();
    // Nobody is told no by an old count: what was full then may have been worked off long ago.
    if (!this.hasRoom(projectId, count)) await this.counting;
    if (!this.hasRoom(projectId, count)) throw new QueueFullError('queue', this.config.env.MAX_QUEUED);
    this.admitted.set(projectId, (this.admitted.get(projectId) ?? 0) + count);
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

  /** A batch that is larger than the whole queue would never get in, so it does when nothing else waits. */
  private hasRoom(projectId: string, count: number): boolean {
    const known = [this.queued, this.beingCounted, this.admitted];
    const waiting = known.reduce((sum, counts) => sum + (counts.get(projectId) ?? 0), 0);
    return waiting === 0 || waiting + count <= this.config.env.MAX_QUEUED;
  }

  private countSoon(): void {
    if (this.clock.monotonicMs() - this.countedAtMs < COUNT_INTERVAL_MS) return;
    this.counting ??= this.count();
  }

  /** Never rejects: with the database away nothing gets in anyway. */
  private async count(): Promise<void> {
    this.beingCounted = this.admitted;
    this.admitted = new Map();
    try {
      this.queued = await this.executions.countQueued(this.config.env.MAX_QUEUED);
    } catch (error) {
      this.logger.debug(`the queue could not be counted: ${messageOf(error)}`);
      for (const [projectId, count] of this.beingCounted) {
        this.admitted.set(projectId, (this.admitted.get(projectId) ?? 0) + count);
      }
    }
    this.beingCounted = new Map();
    this.countedAtMs = this.clock.monotonicMs();
    this.counting = null;
  }
}
