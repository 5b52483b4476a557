import { LedgerError } from '../../kernel/index.js';

export class ProjectExistsError extends LedgerError {
  constructor(name: string) {
    super({
      code: 'PROJECT_EXISTS',
      status: 409,
      title: 'There is such a project',
      detail: `A project is called "${name}" already, archived or not; choose another name, or bring that one back with PATCH /v1/projects/{project_id}.`,
    });
  }
}
