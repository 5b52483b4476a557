import { LedgerError } from '../../kernel/index.js';

export class ProjectExistsError extends LedgerError {
  constructor(name: string) {
    super({
      code: 'PROJECT_EXISTS',
      status: 409,
      title: 'The project exists already',
      detail: `A project named "${name}" exists already, archived or not; choose another name, or restore that one with PATCH /v1/projects/{project_id}.`,
    });
  }
}
