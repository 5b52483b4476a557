import { LedgerError } from '../../kernel/index.js';

export class ModelNotFoundError extends LedgerError {
  constructor(provider: string, modelName: string) {
    super({
      code: 'MODEL_NOT_FOUND',
      status: 404,
      title: 'The model is not allowed here',
      detail:
        `Model "${provider}/${modelName}" was not found among the allowed models; allow it with ` +
        `PUT /v1/models/{provider}/{model_name}, or choose one of GET /v1/models.`,
    });
  }
}
