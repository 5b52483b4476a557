import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../kernel/index.js';
import { ProjectNotFoundError } from './errors.js';
import { type ProjectRef, ProjectsRepository } from './projects.repository.js';

export const DEFAULT_PROJECT = 'default';
/** An archived project is refused within 5 s on every process. One second of that is left for the look-up itself. */
const TTL_MS = 4000;
const MAX_KNOWN = 10_000;

interface KnownProject {
  readonly project: ProjectRef;
  readonly readAtMs: number;
}

/** Finds projects, because each process serves keys of any project. */
@Injectable()
export class ProjectsService {
  private defaultId: string | null = null;
  /** Keyed by the requested id or name. Unknown projects are not cached, because one may be created at any moment. */
  private readonly known = new LRUCache<string, KnownProject>({ max: MAX_KNOWN });

  constructor(
    private readonly projects: ProjectsRepository,
    private readonly clock: Clock,
  ) {}

  /** The id of the project `default`; null before its first look-up. */
  get defaultProjectId(): string | null {
    return this.defaultId;
  }

  /**
   * Returns the id of the project `default`, looked up once.
   * @throws Error if the database has none, which the first migration creates.
   */
  async getDefaultProjectId(): Promise<string> {
    this.defaultId ??= await this.projects.findIdByName(DEFAULT_PROJECT);
    if (this.defaultId === null) throw new Error(`the database has no project "${DEFAULT_PROJECT}"`);
    return this.defaultId;
  }

  /**
   * Returns a project that is not archived, as of at most a few seconds ago.
   * @param id its id or its name.
   * @throws ProjectNotFoundError `PROJECT_NOT_FOUND`, for an archived one too.
   */
  async get(id: string): Promise<ProjectRef> {
    const known = this.known.get(id);
    if (known !== undefined && this.clock.monotonicMs() - known.readAtMs < TTL_MS) return known.project;
    const readAtMs = this.clock.monotonicMs();
    const project = await this.projects.find(id);
    if (project === null) {
      this.known.delete(id);
      throw new ProjectNotFoundError(id);
    }
    this.known.set(id, { project, readAtMs });
    return project;
  }

  /** Lists the projects that are not archived, by name. */
  async list(limit: number): Promise<ProjectRef[]> {
    return this.projects.list(limit);
  }

  /** Makes this process look up all projects again. Others follow when their cached projects expire. */
  forget(): void {
    this.known.clear();
  }
}
