import { LedgerError } from '../../kernel/index.js';

export class ModelNotFoundError extends LedgerError {
  /** @param id `provider/model_name`, or what was sent in its place. */
  constructor(id: string) {
    super({
      code: 'MODEL_NOT_FOUND',
      status: 404,
      title: 'The model is not allowed here',
      detail:
        `Model "${id}" was not found among the allowed models; allow it with ` +
        `PUT /v1/models/{provider}/{model_name}, or choose one of GET /v1/models.`,
    });
  }
}
