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
  /** The highest revision that was heard of. */
  heard: number;
  isApplying: boolean;
}

type Cache = Pick<RevisionedCache<never>, 'dropPrompt' | 'dropProject' | 'dropAll'>;

/** A project that was forgotten is only treated as one not heard of before. */
const MAX_PROJECTS = 10_000;

/**
 * Keeps what the process remembers of prompts as fresh as notifications are. One says which project changed and up to
 * which revision; which prompts those are is read from the database, so nothing depends on hearing each single one.
 */
@Injectable()
export class RegistryWatch {
  private readonly logger = new Logger(RegistryWatch.name);
  /** The sums of all caches. */
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

  /** A change that this process has committed: from now on it reads nothing older of that prompt. */
  apply(projectId: string, name: string, revision: number): void {
    for (const cache of this.caches) cache.dropPrompt(projectId, name, revision);
  }

  /** The same for a change of all prompts of a project. */
  applyToProject(projectId: string): void {
    for (const cache of this.caches) cache.dropProject(projectId);
  }

  /** Subscribes when it is first asked: a worker reads no prompts and needs no connection for them. */
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
      // Connected (again), and nobody knows what was missed.
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

  /** One question at a time; what is heard meanwhile is in the next one. Never rejects. */
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
      // Not the highest that was read: a prompt may have gone on from a revision that is heard of later.
      project.applied = heard;
    }
    project.isApplying = false;
  }
}

/** Null for what this version of the service did not write. */
function parseNotice(payload: string): { projectId: string; revision: number } | null {
  try {
    const { project_id: projectId, revision } = JSON.parse(payload) as Record<string, unknown>;
    if (typeof projectId !== 'string' || typeof revision !== 'number') return null;
    return { projectId, revision };
  } catch {
    return null;
  }
}
