import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import { projectEnvironments, type ProjectEnvironmentsRow } from './prompt-environments.js';

const READ = `SELECT json_build_object(${projectEnvironments('$1')}) AS environments`;

@Injectable()
export class BareCallsRepository {
  constructor(private readonly scope: TenantScope) {}

  async findEnvironments(projectId: string): Promise<ProjectEnvironmentsRow> {
    const statement = { name: 'read-environments', text: READ, values: [projectId] };
    const rows = await this.scope.statement<{ environments: ProjectEnvironmentsRow }>(projectId, statement);
    return rows[0]?.environments ?? { protected: null, known: null };
  }
}
