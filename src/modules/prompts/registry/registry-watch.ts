import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DatabaseListener } from '../../../infra/database/index.js';
import { CacheCounts, getMessage } from '../../../kernel/index.js';
import { REGISTRY_CHANNEL } from '../prompts.repository.js';
import { RegistryChangesRepository } from './registry-changes.repository.js';
import { RevisionedCache } from './revisioned-cache.js';

interface WatchedProject {
  readonly projectId: string;
  /** Every change up to this revision has reached the caches. */
  applied: number;
  /** The highest revision announced so far. */
  heard: number;
  isApplying: boolean;
}

type Cache = Pick<RevisionedCache<never>, 'dropPrompt' | 'dropProject' | 'dropAll'>;

/** An evicted project is treated like a new one. */
const MAX_PROJECTS = 10_000;

/**
 * Keeps the prompt caches of the process as fresh as notifications are. A notification names the project and its latest revision. The
 * changed prompts are read from the database, so a missed notification does no harm.
 */
@Injectable()
export class RegistryWatch {
  private readonly logger = new Logger(RegistryWatch.name);
  /** The totals of all caches. */
  readonly counts = new CacheCounts();
  private readonly caches: Cache[] = [];
  private readonly projects = new LRUCache<string, WatchedProject>({ max: MAX_PROJECTS });
  private isSubscribed = false;

  constructor(
    private readonly listener: DatabaseListener,
    private readonly changes: RegistryChangesRepository,
  ) {}

  newCache<Value>(sizeBytesOf: (value: Value) => number): RevisionedCache<Value> {
    const cache = new RevisionedCache<Value>({
      isFollowed: () => this.isFollowing(),
      sizeBytesOf,
      counts: this.counts,
    });
    this.caches.push(cache);
    return cache;
  }

  /** Applies a change that this process has committed: from now on it reads nothing older of that prompt. */
  apply(projectId: string, name: string, revision: number): void {
    for (const cache of this.caches) cache.dropPrompt(projectId, name, revision);
  }

  /** Applies a change to all prompts of a project. */
  applyToProject(projectId: string): void {
    for (const cache of this.caches) cache.dropProject(projectId);
  }

  /** Subscribes on first use, because a worker reads no prompts and needs no connection for them. */
  private isFollowing(): boolean {
    if (!this.isSubscribed) {
      this.isSubscribed = true;
      void this.listener.subscribe(REGISTRY_CHANNEL, (payload) => this.hear(payload));
    }
    return this.listener.isListening(REGISTRY_CHANNEL);
  }

  private hear(payload: string | null): void {
    const notice = payload === null ? null : parseNotice(payload);
    if (notice === null) {
      // Connected or reconnected: notifications may have been missed.
      this.projects.clear();
      for (const cache of this.caches) cache.dropAll();
      return;
    }
    const { projectId, revision } = notice;
    const project = this.projects.get(projectId);
    if (project !== undefined) {
      project.heard = Math.max(project.heard, revision);
      void this.applyHeard(project);
      return;
    }
    this.projects.set(projectId, { projectId, applied: revision, heard: revision, isApplying: false });
    for (const cache of this.caches) cache.dropProject(projectId);
  }

  /** Runs one query at a time. The next one covers what is announced meanwhile. Never rejects. */
  private async applyHeard(project: WatchedProject): Promise<void> {
    if (project.isApplying) return;
    project.isApplying = true;
    while (project.applied < project.heard) {
      const { projectId, heard, applied } = project;
      try {
        for (const { name, revision } of await this.changes.listSince(projectId, applied)) {
          this.apply(projectId, name, revision);
        }
      } catch (error) {
        this.logger.warn(`changes of a project could not be read: ${getMessage(error)}`);
        for (const cache of this.caches) cache.dropProject(projectId);
      }
      // Not the highest revision read: a prompt may already be past a revision that is announced later.
      project.applied = heard;
    }
    project.isApplying = false;
  }
}

/** Returns null for a payload that this version of the service did not write. */
function parseNotice(payload: string): { projectId: string; revision: number } | null {
  try {
    const { project_id: projectId, revision } = JSON.parse(payload) as Record<string, unknown>;
    if (typeof projectId !== 'string' || typeof revision !== 'number') return null;
    return { projectId, revision };
  } catch {
    return null;
  }
}
