import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../../infra/database/index.js';
import type { NewPrice, PriceRecord } from './price-records.js';

export interface PriceFilter {
  readonly provider?: string | undefined;
  readonly modelName?: string | undefined;
  /** Only the price of each model that applies at this time. */
  readonly at?: Date | undefined;
  readonly after?: PricePosition | undefined;
  /** Left out: no limit. */
  readonly limit?: number;
}

/** The sort key of a list. */
export interface PricePosition {
  readonly provider: string;
  readonly modelName: string;
  readonly validFrom: Date;
}

/** The limit and the prices of one model. */
export interface StoredTerms {
  /** The maximum tokens of one answer; null if unknown. */
  readonly maxTokens: number | null;
  /** All listed prices, past, current and future. */
  readonly prices: readonly PriceRecord[];
}

export type PriceChange = Partial<Pick<NewPrice, 'validTo' | 'source'>>;

/** The driver returns a bigint as text. */
type Row = Omit<PriceRecord, Micros> &
  Readonly<Record<Micros, string>> & { cachedInputMicrosPerMtok: string | null };
type Micros = 'inputMicrosPerMtok' | 'cachedInputMicrosPerMtok' | 'outputMicrosPerMtok';

const COLUMNS = `p.price_id AS "priceId", p.provider, p.model_name AS "modelName",
  p.input_micros_per_mtok AS "inputMicrosPerMtok", p.cached_input_micros_per_mtok AS "cachedInputMicrosPerMtok",
  p.output_micros_per_mtok AS "outputMicrosPerMtok", p.max_prompt_tokens AS "maxPromptTokens",
  p.valid_from AS "validFrom", p.valid_to AS "validTo", p.source, p.created_at AS "createdAt", p.created_by AS "createdBy"`;

const LISTED = 'p.project_id = $1 AND p.deleted_at IS NULL';

const GIVEN = `json_to_recordset($2::json) AS g(provider text, model_name text, input bigint, cached_input bigint,
  output bigint, max_prompt_tokens integer, valid_from timestamptz, valid_to timestamptz, source text)`;

const INSERT = `INSERT INTO model_prices AS p (project_id, provider, model_name, input_micros_per_mtok, cached_input_micros_per_mtok,
    output_micros_per_mtok, max_prompt_tokens, valid_from, valid_to, source, created_by)
  SELECT $1, g.*, $3 FROM ${GIVEN}`;
const RETURNING = `ON CONFLICT (project_id, provider, model_name, valid_from) WHERE deleted_at IS NULL DO NOTHING RETURNING ${COLUMNS}`;

@Injectable()
export class PricesRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Waits until other transactions that depend on the existing prices have ended. */
  async takeTurn(tx: EntityManager, projectId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('model_prices ' || $1, 0))`, [projectId]);
  }

  /** Returns the database's time in milliseconds, the precision of prices. */
  async now(tx: EntityManager): Promise<Date> {
    const text = `SELECT date_trunc('milliseconds', clock_timestamp()) AS now`;
    const [row] = await tx.query<[{ now: Date }]>(text);
    return row.now;
  }

  /** @returns the added prices. A price is left out if its model already has one from exactly that time. */
  async insert(
    tx: EntityManager,
    projectId: string,
    prices: readonly NewPrice[],
    by: string,
  ): Promise<PriceRecord[]> {
    const rows = await tx.query<Row[]>(`${INSERT} ${RETURNING}`, [projectId, toJson(prices), by]);
    return rows.map(toRecord);
  }

  /** Does the same as {@link insert}, but skips models that have a price, or had one. */
  async insertForUnpriced(
    tx: EntityManager,
    projectId: string,
    prices: readonly NewPrice[],
    by: string,
  ): Promise<PriceRecord[]> {
    const unpriced = `NOT EXISTS (SELECT FROM model_prices o
      WHERE o.project_id = $1 AND o.provider = g.provider AND o.model_name = g.model_name)`;
    const text = `${INSERT} WHERE ${unpriced} ${RETURNING}`;
    return (await tx.query<Row[]>(text, [projectId, toJson(prices), by])).map(toRecord);
  }

  async find(tx: EntityManager, projectId: string, priceId: string): Promise<PriceRecord | null> {
    const text = `SELECT ${COLUMNS} FROM model_prices p WHERE ${LISTED} AND p.price_id = $2`;
    const [row] = await tx.query<Row[]>(text, [projectId, priceId]);
    return row === undefined ? null : toRecord(row);
  }

  /** Finds a price like {@link find}, and locks it until the transaction ends. */
  async findLocked(tx: EntityManager, projectId: string, priceId: string): Promise<PriceRecord | null> {
    const text = `SELECT ${COLUMNS} FROM model_prices p WHERE ${LISTED} AND p.price_id = $2 FOR NO KEY UPDATE`;
    const [row] = await tx.query<Row[]>(text, [projectId, priceId]);
    return row === undefined ? null : toRecord(row);
  }

  /** Lists prices by provider, model and start. */
  async list(tx: EntityManager, projectId: string, filter: PriceFilter): Promise<PriceRecord[]> {
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const conditions = [LISTED];
    if (filter.provider !== undefined) conditions.push(`p.provider = ${bind(filter.provider)}`);
    if (filter.modelName !== undefined) conditions.push(`p.model_name = ${bind(filter.modelName)}`);
    if (filter.at !== undefined) conditions.push(countsAt(`${bind(filter.at)}::timestamptz`));
    if (filter.after !== undefined) {
      const { provider, modelName, validFrom } = filter.after;
      const position = `(${bind(provider)}, ${bind(modelName)}, ${bind(validFrom)}::timestamptz)`;
      conditions.push(`(p.provider, p.model_name, p.valid_from) > ${position}`);
    }
    const limit = filter.limit === undefined ? '' : `LIMIT ${bind(filter.limit)}`;
    const rows = await tx.query<Row[]>(
      `SELECT ${COLUMNS} FROM model_prices p WHERE ${conditions.join(' AND ')}
       ORDER BY p.provider, p.model_name, p.valid_from ${limit}`,
      values,
    );
    return rows.map(toRecord);
  }

  /** Finds a model's prices and limit in one round trip. */
  async findTerms(projectId: string, provider: string, modelName: string): Promise<StoredTerms> {
    const rows = await this.scope.statement<
      { [Key in keyof Row]: Row[Key] | null } & { readonly maxTokens: number | null }
    >(projectId, {
      name: 'find-terms-of-model',
      text: `SELECT m.max_tokens AS "maxTokens", ${COLUMNS} FROM (VALUES (1)) AS one
        LEFT JOIN models m ON m.project_id = $1 AND m.provider = $2 AND m.model_name = $3
        LEFT JOIN model_prices p ON ${LISTED} AND p.provider = $2 AND p.model_name = $3`,
      values: [projectId, provider, modelName],
    });
    const prices = rows.flatMap(({ maxTokens: _, ...price }) =>
      price.priceId === null ? [] : [toRecord(price as Row)],
    );
    return { maxTokens: rows[0]?.maxTokens ?? null, prices };
  }

  /** Updates a price. Members that the change leaves out stay as they were. */
  async update(tx: EntityManager, projectId: string, priceId: string, change: PriceChange): Promise<void> {
    await tx.query(
      `UPDATE model_prices SET valid_to = CASE WHEN $3 THEN $4::timestamptz ELSE valid_to END,
         source = CASE WHEN $5 THEN $6::text ELSE source END
       WHERE project_id = $1 AND price_id = $2`,
      [
        projectId,
        priceId,
        change.validTo !== undefined,
        change.validTo ?? null,
        change.source !== undefined,
        change.source ?? null,
      ],
    );
  }

  async end(tx: EntityManager, projectId: string, priceIds: readonly string[], at: Date): Promise<void> {
    await tx.query(
      `UPDATE model_prices SET valid_to = $3 WHERE project_id = $1 AND price_id = ANY ($2::uuid[])`,
      [projectId, priceIds, at],
    );
  }

  /** Removes a price from the list. @returns the price as it was; null if it is not on the list. */
  async delete(tx: EntityManager, projectId: string, priceId: string): Promise<PriceRecord | null> {
    const price = await this.findLocked(tx, projectId, priceId);
    if (price === null) return null;
    await tx.query(`UPDATE model_prices SET deleted_at = now() WHERE project_id = $1 AND price_id = $2`, [
      projectId,
      priceId,
    ]);
    return price;
  }
}

/** The SQL counterpart of `priceAt`. */
function countsAt(at: string): string {
  const isValid = (row: string) =>
    `${row}.valid_from <= ${at} AND (${row}.valid_to IS NULL OR ${row}.valid_to > ${at})`;
  return `${isValid('p')} AND NOT EXISTS (SELECT FROM model_prices later
    WHERE later.project_id = p.project_id AND later.provider = p.provider AND later.model_name = p.model_name
      AND later.deleted_at IS NULL AND later.valid_from > p.valid_from AND ${isValid('later')})`;
}

function toJson(prices: readonly NewPrice[]): string {
  return JSON.stringify(
    prices.map((price) => ({
      provider: price.provider,
      model_name: price.modelName,
      input: String(price.inputMicrosPerMtok),
      cached_input: price.cachedInputMicrosPerMtok === null ? null : String(price.cachedInputMicrosPerMtok),
      output: String(price.outputMicrosPerMtok),
      max_prompt_tokens: price.maxPromptTokens,
      valid_from: price.validFrom,
      valid_to: price.validTo,
      source: price.source,
    })),
  );
}

function toRecord(row: Row): PriceRecord {
  const { cachedInputMicrosPerMtok: cached } = row;
  return {
    ...row,
    inputMicrosPerMtok: BigInt(row.inputMicrosPerMtok),
    cachedInputMicrosPerMtok: cached === null ? null : BigInt(cached),
    outputMicrosPerMtok: BigInt(row.outputMicrosPerMtok),
  };
}
