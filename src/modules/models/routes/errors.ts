import { LedgerError } from '../../../kernel/index.js';

/** Not `ROUTE_NOT_FOUND`, which stands for an unknown path of the API. */
export class ModelRouteNotFoundError extends LedgerError {
  constructor(name: string) {
    super({
      code: 'MODEL_ROUTE_NOT_FOUND',
      status: 404,
      title: 'No such route of models',
      detail: `Route "${name}" was not found; GET /v1/routes lists all routes.`,
    });
  }
}
