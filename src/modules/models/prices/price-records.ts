import type { TokenPrices } from '../../../kernel/index.js';

/** The price of a model for a period. */
export interface NewPrice extends TokenPrices {
  readonly provider: string;
  readonly modelName: string;
  readonly validFrom: Date;
  /** When it ends; null: when the next one begins. */
  readonly validTo: Date | null;
  /** The source of the figures. */
  readonly source: string | null;
}

export interface PriceRecord extends NewPrice {
  readonly priceId: string;
  readonly createdAt: Date;
  readonly createdBy: string | null;
}

/** Returns the price of a model at a time: the valid one that began last. */
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

/** Returns a key for maps. Model names may contain slashes but no white space. */
export function toModelKey({ provider, modelName }: Pick<NewPrice, 'provider' | 'modelName'>): string {
  return `${provider} ${modelName}`;
}
