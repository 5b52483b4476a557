import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DatabaseClock, TenantScope } from '../../../infra/database/index.js';
import { decodeCursor, toPage, parseRfc3339 } from '../../../infra/http/index.js';
import { parseMicroUsd, ValidationError } from '../../../kernel/index.js';
import { type Actor, AuditService, systemActor } from '../../audit/index.js';
import { PriceExistsError, PriceNotFoundError } from './errors.js';
import { PRICE_CATALOGUE } from './price-catalogue.js';
import { PriceReads } from './price-reads.js';
import type { NewPrice } from './price-records.js';
import { priceView } from './price-views.js';
import type {
  CreatePriceDto,
  ListPricesQueryDto,
  PriceDto,
  PriceListDto,
  PutPriceDto,
} from './prices.dto.js';
import { type PricePosition, PricesRepository } from './prices.repository.js';

/** The author of prices from the catalogue. */
const CATALOGUE = 'catalogue';

/**
 * Manages the prices of models. Executions reference a price, so its figures never change: it can only be ended and replaced by a new one.
 * The cost of past executions stays, whatever happens to their price.
 */
@Injectable()
export class PricesService {
  constructor(
    private readonly scope: TenantScope,
    private readonly prices: PricesRepository,
    private readonly reads: PriceReads,
    private readonly audit: AuditService,
    private readonly databaseClock: DatabaseClock,
  ) {}

  /**
   * @throws PriceExistsError `PRICE_EXISTS` if the model already has a price from exactly that time.
   * @throws ValidationError `VALIDATION_FAILED` if it would end before it begins.
   */
  async create(actor: Actor, request: CreatePriceDto): Promise<PriceDto> {
    const price = this.toPrice(request);
    assertSpan(price.validFrom, price.validTo);
    return this.writing(async () =>
      this.scope.transaction(actor.projectId, async (tx) => {
        const [added] = await this.prices.insert(tx, actor.projectId, [price], actor.name);
        if (added === undefined) throw new PriceExistsError(price.provider, price.modelName, price.validFrom);
        const after = priceView(added);
        await this.audit.append(tx, actor, {
          action: 'price.create',
          subject: toSubject(added.priceId),
          after,
        });
        return after;
      }),
    );
  }

  async list(projectId: string, query: ListPricesQueryDto): Promise<PriceListDto> {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, parsePosition);
    const { provider, model_name: modelName, at, limit } = query;
    const found = await this.scope.transaction(projectId, (tx) =>
      this.prices.list(tx, projectId, { provider, modelName, at, after, limit: limit + 1 }),
    );
    const { entries, nextCursor } = toPage(found, limit, (price) => [
      price.provider,
      price.modelName,
      price.validFrom,
    ]);
    return { prices: entries.map(priceView), next_cursor: nextCursor };
  }

  /** @throws PriceNotFoundError `PRICE_NOT_FOUND` */
  async get(projectId: string, priceId: string): Promise<PriceDto> {
    const price = await this.scope.transaction(projectId, (tx) => this.prices.find(tx, projectId, priceId));
    if (price === null) throw new PriceNotFoundError(priceId);
    return priceView(price);
  }

  /**
   * Ends a price, or sets its source.
   * @throws PriceNotFoundError `PRICE_NOT_FOUND`
   * @throws ValidationError `VALIDATION_FAILED` when it would end before it begins.
   */
  async put(actor: Actor, priceId: string, request: PutPriceDto): Promise<PriceDto> {
    const { projectId } = actor;
    const change = {
      ...(request.valid_to === undefined ? {} : { validTo: parseTime(request.valid_to) }),
      ...(request.source === undefined ? {} : { source: request.source }),
    };
    return this.writing(() =>
      this.scope.transaction(projectId, async (tx) => {
        const price = await this.prices.findLocked(tx, projectId, priceId);
        if (price === null) throw new PriceNotFoundError(priceId);
        assertSpan(price.validFrom, change.validTo ?? null);
        await this.prices.update(tx, projectId, priceId, change);
        const [before, after] = [priceView(price), priceView({ ...price, ...change })];
        const subject = toSubject(priceId);
        await this.audit.append(tx, actor, { action: 'price.put', subject, before, after });
        return after;
      }),
    );
  }

  /** Removes a price from the list, as if it had never existed. @throws PriceNotFoundError `PRICE_NOT_FOUND` */
  async delete(actor: Actor, priceId: string): Promise<void> {
    await this.writing(() =>
      this.scope.transaction(actor.projectId, async (tx) => {
        const price = await this.prices.delete(tx, actor.projectId, priceId);
        if (price === null) throw new PriceNotFoundError(priceId);
        const before = priceView(price);
        const subject = toSubject(priceId);
        await this.audit.append(tx, actor, { action: 'price.delete', subject, before });
      }),
    );
  }

  /** Adds the catalogue's prices of models that have never had any. @returns how many were added. */
  async seed(projectId: string): Promise<number> {
    return this.writing(() => this.scope.transaction(projectId, (tx) => this.seedWithin(tx, projectId)));
  }

  /** Does the same as {@link seed} in the transaction that creates the project, which no cache contains yet. */
  async seedWithin(tx: EntityManager, projectId: string): Promise<number> {
    await this.prices.takeTurn(tx, projectId);
    const added = (await this.prices.insertForUnpriced(tx, projectId, PRICE_CATALOGUE, CATALOGUE)).length;
    if (added > 0) {
      const seeded = { action: 'prices.seed', subject: 'prices', after: { added } };
      await this.audit.append(tx, systemActor(projectId), seeded);
    }
    return added;
  }

  /** Clears the cache even after an error, because a commit whose answer was lost still happened. */
  private async writing<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } finally {
      this.reads.forget();
    }
  }

  private toPrice(request: CreatePriceDto): NewPrice {
    const cached = request.cached_input_usd_per_mtok;
    return {
      provider: request.provider,
      modelName: request.model_name,
      inputMicrosPerMtok: toMicros(request.input_usd_per_mtok),
      cachedInputMicrosPerMtok: cached == null ? null : toMicros(cached),
      outputMicrosPerMtok: toMicros(request.output_usd_per_mtok),
      maxPromptTokens: request.max_prompt_tokens ?? null,
      validFrom: parseTime(request.valid_from ?? null) ?? this.databaseClock.now(),
      validTo: parseTime(request.valid_to ?? null),
      source: request.source ?? null,
    };
  }
}

/** Converts a validated text. */
function toMicros(usd: string): bigint {
  return parseMicroUsd(usd) as bigint;
}

function parseTime(text: string | null): Date | null {
  return text === null ? null : parseRfc3339(text);
}

function assertSpan(validFrom: Date, validTo: Date | null): void {
  if (validTo === null || validTo > validFrom) return;
  throw new ValidationError(`Send a valid_to that is after the price begins, ${validFrom.toISOString()}.`, [
    { pointer: '/valid_to', message: 'must be after valid_from' },
  ]);
}

function parsePosition(position: unknown): PricePosition | null {
  if (!Array.isArray(position)) return null;
  const [provider, modelName, time] = position as unknown[];
  if (typeof provider !== 'string' || typeof modelName !== 'string' || typeof time !== 'string') return null;
  const validFrom = parseRfc3339(time);
  return validFrom === null ? null : { provider, modelName, validFrom };
}

function toSubject(priceId: string): string {
  return `price/${priceId}`;
}
