/** Dollars are decimal strings with at most 6 decimals, such as `0.15`. */
export interface CreatePriceRequest {
  readonly provider: string;
  readonly model_name: string;
  /** Per million prompt tokens. */
  readonly input_usd_per_mtok: string;
  /** Per million prompt tokens that the provider had in its cache. Default: the input price. */
  readonly cached_input_usd_per_mtok?: string | null;
  /** Per million response tokens, including reasoning. */
  readonly output_usd_per_mtok: string;
  /** The longest prompt that the price holds for; a longer one has no known price. Default: no limit. */
  readonly max_prompt_tokens?: number | null;
  /** RFC 3339. Default: now. */
  readonly valid_from?: string | null;
  /** RFC 3339. Default: when another price begins. */
  readonly valid_to?: string | null;
  /** The source of the figures. */
  readonly source?: string | null;
}

/** Omitted members stay unchanged. The figures never change; create a new price instead. */
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
  /** The key that added the price, `admin`, or `catalogue`. */
  readonly created_by: string | null;
}

export interface PriceList {
  /** Ordered by provider, model and start. */
  readonly prices: readonly Price[];
  readonly next_cursor: string | null;
}

export interface ListPricesQuery {
  readonly provider?: string;
  readonly model_name?: string;
  /** Only the price of each model that applies at this time. */
  readonly at?: string | Date;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}

export interface ImportPricesRequest {
  /** The format of LiteLLM's file `model_prices_and_context_window.json`. */
  readonly format: 'litellm';
  /** RFC 3339. Default: now. */
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
