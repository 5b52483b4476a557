/** Dollars are decimals in strings, such as `0.15`, with at most 6 decimals. */
export interface CreatePriceRequest {
  readonly provider: string;
  readonly model_name: string;
  /** For a million prompt tokens. */
  readonly input_usd_per_mtok: string;
  /** For a million prompt tokens that the provider had in its cache. Left out: they cost as much as others. */
  readonly cached_input_usd_per_mtok?: string | null;
  /** For a million response tokens, those of reasoning among them. */
  readonly output_usd_per_mtok: string;
  /** The price of a longer prompt is unknown. Left out: for all. */
  readonly max_prompt_tokens?: number | null;
  /** RFC 3339; left out: from now on. */
  readonly valid_from?: string | null;
  /** RFC 3339; left out: until another begins. */
  readonly valid_to?: string | null;
  /** The source of the figures. */
  readonly source?: string | null;
}

/** Members that are left out stay as they are. The figures never change: another price is a new one. */
export interface PutPriceRequest {
  readonly valid_to?: string | null;
  readonly source?: string | null;
}

export interface Price {
  readonly price_id: string;
  readonly provider: string;
  readonly model_name: string;
  readonly input_usd_per_mtok: string;
  readonly cached_input_usd_per_mtok: string | null;
  readonly output_usd_per_mtok: string;
  readonly max_prompt_tokens: number | null;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly source: string | null;
  readonly created_at: string;
  /** The key that added it, `admin`, or `catalogue`. */
  readonly created_by: string | null;
}

export interface PriceList {
  /** By provider, model, and the time they begin. */
  readonly prices: readonly Price[];
  readonly next_cursor: string | null;
}

export interface ListPricesQuery {
  readonly provider?: string;
  readonly model_name?: string;
  /** Only the price of each model that counts at this time. */
  readonly at?: string | Date;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}

export interface ImportPricesRequest {
  /** The form of the file `model_prices_and_context_window.json` of LiteLLM. */
  readonly format: 'litellm';
  /** RFC 3339; left out: from now on. */
  readonly valid_from?: string | null;
  readonly prices: Readonly<Record<string, unknown>>;
}

export interface SkippedPrice {
  readonly name: string;
  readonly reason: string;
}

export interface ImportedPrices {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly skipped: readonly SkippedPrice[];
}
