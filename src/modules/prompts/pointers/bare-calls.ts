import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { BareCallsRepository } from './bare-calls.repository.js';
import { ProjectEnvironments } from './prompt-environments.js';

/** An evicted project is read again. */
const MAX_PROJECTS = 10_000;
const MAX_AGE_MS = 30_000;

/**
 * Decides where calls without a prompt are allowed. The cache only saves a round trip, because it may be stale: a call that it allowed is
 * checked again when its execution is inserted, and a call that it refused is checked again without it.
 */
@Injectable()
export class BareCalls {
  private readonly projects = new LRUCache<string, ProjectEnvironments>({
    max: MAX_PROJECTS,
    ttl: MAX_AGE_MS,
  });

  constructor(private readonly calls: BareCallsRepository) {}

  /**
   * Decides by the cached rules.
   * @returns false when none are cached, which does not mean that the call is refused.
   * @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED`
   */
  isKnownToBeAllowed(projectId: string, environment: string): boolean {
    const known = this.projects.get(projectId);
    known?.assertBareCallAllowed(environment);
    return known !== undefined;
  }

  /** Asks the database and caches the answer. @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED` */
  async assertAllowed(projectId: string, environment: string): Promise<void> {
    const found = new ProjectEnvironments(await this.calls.findEnvironments(projectId));
    this.projects.set(projectId, found);
    found.assertBareCallAllowed(environment);
  }

  /** Forgets a project whose rules have changed. */
  forget(projectId: string): void {
    this.projects.delete(projectId);
  }
}
