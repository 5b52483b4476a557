import type { TokenPrices } from '../../../kernel/index.js';

/** The price of a model within a span of time. */
export interface NewPrice extends TokenPrices {
  readonly provider: string;
  readonly modelName: string;
  readonly validFrom: Date;
  /** From when on it is not valid any more; null: until another begins. */
  readonly validTo: Date | null;
  /** The source of the figures. */
  readonly source: string | null;
}

export interface PriceRecord extends NewPrice {
  readonly priceId: string;
  readonly createdAt: Date;
  readonly createdBy: string | null;
}

/** Picks the price of a model that counts at a time: the one that began last among those that are valid. */
export function priceAt<P extends Pick<NewPrice, 'validFrom' | 'validTo'>>(
  prices: readonly P[],
  at: Date,
): P | null {
  const valid = prices.filter(
    ({ validFrom, validTo }) => validFrom <= at && (validTo === null || validTo > at),
  );
  return valid.reduce<P | null>(
    (latest, price) => (latest === null || price.validFrom > latest.validFrom ? price : latest),
    null,
  );
}

export function haveSameFigures(one: TokenPrices, other: TokenPrices): boolean {
  return (
    one.inputMicrosPerMtok === other.inputMicrosPerMtok &&
    one.cachedInputMicrosPerMtok === other.cachedInputMicrosPerMtok &&
    one.outputMicrosPerMtok === other.outputMicrosPerMtok &&
    one.maxPromptTokens === other.maxPromptTokens
  );
}

/** A key for maps. Names of models may have slashes in them, and white space they have none. */
export function toModelKey({ provider, modelName }: Pick<NewPrice, 'provider' | 'modelName'>): string {
  return `${provider} ${modelName}`;
}
