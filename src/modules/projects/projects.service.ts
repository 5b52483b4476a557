import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../infra/database/index.js';

export const DEFAULT_PROJECT = 'default';

/** Tenants. For now each process serves keys of any project, and the instance admin works in `default`. */
@Injectable()
export class ProjectsService {
  private defaultId: string | undefined;

  constructor(private readonly scope: TenantScope) {}

  /**
   * The id of the project `default`, looked up once.
   * @throws Error when the database has none: the first migration makes it.
   */
  async getDefaultProjectId(): Promise<string> {
    this.defaultId ??= await this.findId(DEFAULT_PROJECT);
    if (this.defaultId === undefined) throw new Error(`the database has no project "${DEFAULT_PROJECT}"`);
    return this.defaultId;
  }

  private async findId(name: string): Promise<string | undefined> {
    const [row] = await this.scope.system<{ id: string | null }>('SELECT ledger_find_project($1) AS id', [
      name,
    ]);
    return row?.id ?? undefined;
  }
}
