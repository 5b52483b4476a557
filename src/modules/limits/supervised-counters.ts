import { Logger } from '@nestjs/common';
import {
  type Count,
  type CountRequest,
  type Counters,
  createMemoryCounters,
  type SupervisorLink,
} from '../../infra/supervision/index.js';
import { Outage } from '../../kernel/index.js';

/**
 * Counts in the supervisor's memory, which all API processes of one machine share. While the supervisor does not answer, this
 * process counts by itself, as it does when Redis is away.
 */
export class SupervisedCounters implements Counters {
  private readonly own = createMemoryCounters();
  private readonly outage = new Outage(new Logger('RateLimits'), 'The supervisor, for rate limits,');

  constructor(private readonly link: Pick<SupervisorLink, 'count'>) {}

  read(id: string): Promise<Count> {
    return this.ask(['read', id, 0], () => this.own.read(id));
  }

  add(id: string, points: number): Promise<Count> {
    return this.ask(['add', id, points], () => this.own.add(id, points));
  }

  async giveBack(id: string, points: number): Promise<void> {
    await this.ask<unknown>(['giveBack', id, points], () => this.own.giveBack(id, points));
  }

  private async ask<T>(request: CountRequest, countHere: () => Promise<T>): Promise<T | Count> {
    try {
      const count = await this.link.count(request);
      this.outage.end();
      return count;
    } catch (error) {
      this.outage.begin(error);
      return countHere();
    }
  }
}
