import { LedgerError } from '../../kernel/index.js';
import { describeSuggestions } from './suggest-models.js';

export class ModelNotFoundError extends LedgerError {
  /**
   * @param id `provider/model_name`, or what was sent in its place.
   * @param meant ids of allowed models that it may stand for.
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
