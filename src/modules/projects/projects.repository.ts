import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../infra/database/index.js';

@Injectable()
export class ProjectsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Of a project that is not archived; looks in all of them. */
  async findIdByName(name: string): Promise<string | null> {
    const [row] = await this.scope.system<{ id: string | null }>('SELECT ledger_find_project($1) AS id', [
      name,
    ]);
    return row?.id ?? null;
  }
}
