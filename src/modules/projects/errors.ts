import { LedgerError } from '../../kernel/index.js';

export class ProjectNotFoundError extends LedgerError {
  /** @param project the id or name, as sent. */
  constructor(project: string) {
    super({
      code: 'PROJECT_NOT_FOUND',
      status: 404,
      title: 'No such project',
      detail: `Project "${project}" was not found, or your key cannot act in it; GET /v1/me says where it can.`,
    });
  }
}
