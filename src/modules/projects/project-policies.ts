import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock, getMessage } from '../../kernel/index.js';
import { MaskRules } from './mask-rules.js';
import { ProjectsRepository, type StoredPolicy } from './projects.repository.js';

/** The settings of a project that apply to each of its executions. */
export interface ProjectPolicy {
  /** Null when nothing is masked. */
  readonly maskRules: MaskRules | null;
  /** The model of a request that names none; null for the default of the service. */
  readonly defaultModel: { readonly provider: string; readonly modelName: string } | null;
}

/** A change takes effect within 5 s on every process. The rest is for reading it. */
const MAX_AGE_MS = 4500;
/** From this age on the policy is read again, while requests still use the known one without waiting. */
const RENEW_AFTER_MS = 2500;
const MAX_KNOWN = 10_000;

interface Known {
  readonly policy: ProjectPolicy;
  readonly source: string;
  readonly readAtMs: number;
}

/** Caches the project settings that every request needs. */
@Injectable()
export class ProjectPolicies {
  private readonly logger = new Logger(ProjectPolicies.name);
  private readonly known = new LRUCache<string, Known>({ max: MAX_KNOWN });
  private readonly reads = new Map<string, Promise<ProjectPolicy>>();

  constructor(
    private readonly projects: ProjectsRepository,
    private readonly clock: Clock,
  ) {}

  /** Returns the cached policy; null if it is missing or too old. */
  peek(projectId: string): ProjectPolicy | null {
    const known = this.known.get(projectId);
    if (known === undefined) return null;
    const ageMs = this.clock.monotonicMs() - known.readAtMs;
    if (ageMs >= MAX_AGE_MS) return null;
    if (ageMs >= RENEW_AFTER_MS && !this.reads.has(projectId)) this.renew(projectId);
    return known.policy;
  }

  /** Returns the policy as of at most a few seconds ago. */
  async get(projectId: string): Promise<ProjectPolicy> {
    return this.peek(projectId) ?? this.reads.get(projectId) ?? this.read(projectId);
  }

  /** Forgets changed settings. This process reads them again, and others follow when their cached settings expire. */
  forget(projectId: string): void {
    this.known.delete(projectId);
    this.reads.delete(projectId);
  }

  private renew(projectId: string): void {
    this.read(projectId).catch((error: unknown) => {
      this.logger.warn({ projectId }, `the settings of a project could not be read: ${getMessage(error)}`);
    });
  }

  private read(projectId: string): Promise<ProjectPolicy> {
    const readAtMs = this.clock.monotonicMs();
    const read = this.projects.findPolicy(projectId).then((stored) => {
      const source = JSON.stringify(stored);
      const known = this.known.get(projectId);
      const policy = known?.source === source ? known.policy : toPolicy(stored);
      // A policy forgotten while it was being read may be older than the change, so it is not kept.
      if (this.reads.get(projectId) === read) this.known.set(projectId, { policy, source, readAtMs });
      return policy;
    });
    this.reads.set(projectId, read);
    const done = () => {
      if (this.reads.get(projectId) === read) this.reads.delete(projectId);
    };
    read.then(done, done);
    return read;
  }
}

function toPolicy({ mask, defaultModel }: StoredPolicy): ProjectPolicy {
  return {
    maskRules: MaskRules.of(mask ?? []),
    defaultModel: defaultModel === null ? null : toModel(defaultModel),
  };
}

function toModel(id: string): ProjectPolicy['defaultModel'] {
  const slash = id.indexOf('/');
  return { provider: id.slice(0, slash), modelName: id.slice(slash + 1) };
}
