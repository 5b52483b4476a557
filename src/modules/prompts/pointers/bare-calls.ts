import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { BareCallsRepository } from './bare-calls.repository.js';
import { ProjectEnvironments } from './prompt-environments.js';

/** A project that was forgotten is read again. */
const MAX_PROJECTS = 10_000;
const MAX_AGE_MS = 30_000;

/**
 * Says where calls that run no prompt may be made. What is remembered of a project may be old: a call that was let in by it says so
 * when the execution is inserted, which looks again, and a refused call is checked again without the cache. So the cache only saves a
 * trip.
 */
@Injectable()
export class BareCalls {
  private readonly projects = new LRUCache<string, ProjectEnvironments>({
    max: MAX_PROJECTS,
    ttl: MAX_AGE_MS,
  });

  constructor(private readonly calls: BareCallsRepository) {}

  /**
   * By what is remembered.
   * @returns false when nothing is: that says nothing about the call.
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

  /** The rules have changed. */
  forget(projectId: string): void {
    this.projects.delete(projectId);
  }
}
