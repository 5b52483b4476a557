import { LedgerError } from '../../../kernel/index.js';

export class PriceNotFoundError extends LedgerError {
  constructor(priceId: string) {
    super({
      code: 'PRICE_NOT_FOUND',
      status: 404,
      title: 'No such price',
      detail: `Price "${priceId}" was not found; GET /v1/prices lists all prices.`,
    });
  }
}

export class PriceExistsError extends LedgerError {
  constructor(provider: string, modelName: string, validFrom: Date) {
    super({
      code: 'PRICE_EXISTS',
      status: 409,
      title: 'The model has a price from that time already',
      detail:
        `Model "${provider}/${modelName}" has a price from ${validFrom.toISOString()} already; ` +
        'let the new one begin at another time, or delete the one that is there.',
    });
  }
}
