import type { FilePrice } from './litellm-prices.js';
import { haveSameFigures, toModelKey, type NewPrice, type PriceRecord } from '../price-records.js';

export interface SkippedPrice {
  /** The key in the file. */
  readonly name: string;
  readonly reason: string;
}

/** A price with its key in the file. */
export interface NamedPrice {
  readonly name: string;
  readonly price: FilePrice;
}

/** The changes of an import, whose prices all begin at the same time. */
export interface ImportPlan {
  /** Prices of models that have none at that time. */
  readonly added: readonly NewPrice[];
  /** Replacements for the prices in {@link ended}. */
  readonly changed: readonly NewPrice[];
  /** Ids of prices that end when the new ones begin. */
  readonly ended: readonly string[];
  readonly unchanged: number;
  readonly skipped: readonly SkippedPrice[];
}

/**
 * Decides which prices of a file are new, so that importing the same file again changes nothing.
 * @param inForce the prices in force when the new ones begin.
 */
export function planImport(
  file: readonly NamedPrice[],
  inForce: readonly PriceRecord[],
  begin: Pick<NewPrice, 'validFrom' | 'source'>,
): ImportPlan {
  const current = new Map(inForce.map((price) => [toModelKey(price), price]));
  const taken = new Map<string, string>();
  const plan = { added: [] as NewPrice[], changed: [] as NewPrice[], ended: [] as string[], unchanged: 0 };
  const skipped: SkippedPrice[] = [];
  for (const { name, price } of file) {
    const key = toModelKey(price);
    const twin = taken.get(key);
    if (twin !== undefined) {
      skipped.push({ name, reason: `is the same model as "${twin}"` });
      continue;
    }
    taken.set(key, name);
    const old = current.get(key);
    const next = { ...price, ...begin, validTo: null };
    if (old === undefined) {
      plan.added.push(next);
    } else if (haveSameFigures(old, price)) {
      plan.unchanged += 1;
    } else if (old.validFrom.getTime() === begin.validFrom.getTime()) {
      skipped.push({ name, reason: 'the model has another price from that very time' });
    } else {
      plan.changed.push(next);
      plan.ended.push(old.priceId);
    }
  }
  return { ...plan, skipped };
}
