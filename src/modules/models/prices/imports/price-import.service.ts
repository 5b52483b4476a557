import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../../infra/database/index.js';
import { parseRfc3339 } from '../../../../infra/http/index.js';
import { heavyWork, ValidationError } from '../../../../kernel/index.js';
import { type Actor, AuditService, type AuditChange } from '../../../audit/index.js';
import { readLitellmEntry } from './litellm-prices.js';
import { type NamedPrice, planImport, type SkippedPrice } from './plan-import.js';
import { PriceReads } from '../price-reads.js';
import type { ImportedPricesDto, ImportPricesDto } from '../prices.dto.js';
import { PricesRepository } from '../prices.repository.js';
import type { PriceRecord } from '../price-records.js';
import { priceView } from '../price-views.js';

/** Several times the current size of such a file. */
const MAX_ENTRIES = 10_000;

const SOURCE = 'LiteLLM price file';

/** Returns the exact text of a field of an entry of the file; null if there is none. */
export type EntrySource = (name: string, field: string) => string | null;

/** Imports prices from a file maintained by others. */
@Injectable()
export class PriceImportService {
  constructor(
    private readonly scope: TenantScope,
    private readonly prices: PricesRepository,
    private readonly reads: PriceReads,
    private readonly audit: AuditService,
  ) {}

  /**
   * Imports the valid entries in one transaction and reports the others with their reasons.
   * @throws ValidationError `VALIDATION_FAILED` for a file of too many entries.
   */
  async import(actor: Actor, request: ImportPricesDto, sourceOf: EntrySource): Promise<ImportedPricesDto> {
    const file = await this.readAll(request.prices, sourceOf);
    const validFrom = request.valid_from == null ? null : parseRfc3339(request.valid_from);
    try {
      return await this.write(actor, file, validFrom);
    } finally {
      // Even after an error, because a commit whose answer was lost still happened.
      this.reads.forget();
    }
  }

  private async readAll(
    prices: Readonly<Record<string, unknown>>,
    sourceOf: EntrySource,
  ): Promise<PriceFile> {
    const entries = Object.entries(prices);
    if (entries.length > MAX_ENTRIES) {
      const message = `has ${entries.length} entries, and may have ${MAX_ENTRIES}`;
      throw new ValidationError('Import the file in parts.', [{ pointer: '/prices', message }]);
    }
    const named: NamedPrice[] = [];
    const skipped: SkippedPrice[] = [];
    for (const [name, entry] of entries) {
      const read = await heavyWork.run(() => readLitellmEntry(name, entry, (field) => sourceOf(name, field)));
      if ('price' in read) named.push({ name, price: read.price });
      else skipped.push({ name, reason: read.reason });
    }
    return { named, skipped };
  }

  private async write(actor: Actor, file: PriceFile, from: Date | null): Promise<ImportedPricesDto> {
    const { projectId } = actor;
    return this.scope.transaction(projectId, async (tx) => {
      await this.prices.takeTurn(tx, projectId);
      // Read the time after taking the lock, or it might precede prices that others have just written.
      const begin = { validFrom: from ?? (await this.prices.now(tx)), source: SOURCE };
      const inForce = await this.prices.list(tx, projectId, { at: begin.validFrom });
      const plan = planImport(file.named, inForce, begin);
      if (plan.ended.length > 0) await this.prices.end(tx, projectId, plan.ended, begin.validFrom);
      const next = [...plan.added, ...plan.changed];
      const inserted = next.length > 0 ? await this.prices.insert(tx, projectId, next, actor.name) : [];
      const counts = {
        added: plan.added.length,
        changed: plan.changed.length,
        unchanged: plan.unchanged,
      };
      const skipped = [...file.skipped, ...plan.skipped];
      const after = { source: SOURCE, valid_from: begin.validFrom, ...counts, skipped: skipped.length };
      const ended = new Set(plan.ended);
      await this.audit.appendAll(tx, actor, [
        { action: 'price.import', subject: 'prices', after },
        ...inForce.filter(({ priceId }) => ended.has(priceId)).map((old) => toEnding(old, begin.validFrom)),
        ...inserted.map((price) => ({
          action: 'price.create',
          subject: `price/${price.priceId}`,
          after: priceView(price),
        })),
      ]);
      return { ...counts, skipped };
    });
  }
}

function toEnding(price: PriceRecord, validTo: Date): AuditChange {
  const subject = `price/${price.priceId}`;
  const [before, after] = [priceView(price), priceView({ ...price, validTo })];
  return { action: 'price.put', subject, before, after };
}

interface PriceFile {
  readonly named: readonly NamedPrice[];
  readonly skipped: readonly SkippedPrice[];
}
