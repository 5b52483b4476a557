import { describeSuggestions, LedgerError } from '../../kernel/index.js';

export class ModelNotFoundError extends LedgerError {
  /**
   * @param id `provider/model_name`, or what was sent instead.
   * @param meant ids of allowed models that may have been meant.
   */
  constructor(id: string, meant: readonly string[] = []) {
    super({
      code: 'MODEL_NOT_FOUND',
      status: 404,
      title: 'The model is not allowed here',
      detail:
        `Model "${id}" was not found among the allowed models.${describeSuggestions(meant)} Allow it with ` +
        `PUT /v1/models/{provider}/{model_name}, or choose one of GET /v1/models.`,
    });
  }
}

/** Enough names to start with. */
const MAX_NAMES = 20;

export class ModelInUseError extends LedgerError {
  /** @param routes names of the routes that lead to it, in order. */
  constructor(id: string, routes: readonly string[]) {
    const named = routes.slice(0, MAX_NAMES).map((name) => `"${name}"`);
    const more = routes.length > MAX_NAMES ? ` and ${routes.length - MAX_NAMES} more` : '';
    super({
      code: 'MODEL_IN_USE',
      status: 409,
      title: 'Routes lead to the model',
      detail: `Model "${id}" is a target of ${named.join(', ')}${more}; take it out with PUT /v1/routes/{name} first, or delete the route.`,
      extensions: { routes: routes.slice(0, MAX_NAMES) },
    });
  }
}
