import { Injectable } from '@nestjs/common';
import { ProjectsRepository } from './projects.repository.js';

const DEFAULT_PROJECT = 'default';

/** Tenants. For now each process serves keys of any project, and the instance admin works in `default`. */
@Injectable()
export class ProjectsService {
  private defaultId: string | null = null;

  constructor(private readonly projects: ProjectsRepository) {}

  /** The id of the project `default`; null until it was looked up. */
  get defaultProjectId(): string | null {
    return this.defaultId;
  }

  /**
   * The id of the project `default`, looked up once.
   * @throws Error when the database has none: the first migration makes it.
   */
  async getDefaultProjectId(): Promise<string> {
    this.defaultId ??= await this.projects.findIdByName(DEFAULT_PROJECT);
    if (this.defaultId === null) throw new Error(`the database has no project "${DEFAULT_PROJECT}"`);
    return this.defaultId;
  }
}
