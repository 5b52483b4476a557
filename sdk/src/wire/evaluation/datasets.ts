import type { PageQuery } from '../page-query.js';

export interface PutDatasetRequest {
  /** Omit to keep the description; null removes it. */
  readonly description?: string | null;
  /** JSON Schema that the variables of new items must match. Omit to keep it; null removes it. */
  readonly variables_schema?: Readonly<Record<string, unknown>> | null;
}

export interface DatasetSummary {
  readonly dataset_id: string;
  readonly name: string;
  readonly description: string | null;
  /** The hash of the current content; null before the first items. */
  readonly version: string | null;
  readonly item_count: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Dataset extends DatasetSummary {
  readonly variables_schema: Readonly<Record<string, unknown>> | null;
}

export interface DatasetList {
  readonly datasets: readonly DatasetSummary[];
  readonly next_cursor: string | null;
}

export interface DatasetVersion {
  readonly version: string;
  readonly item_count: number;
  /** Whether this is the current content of the dataset. */
  readonly current: boolean;
  readonly created_at: string;
  readonly created_by: string;
}

export interface DatasetVersions {
  /** Newest first. */
  readonly versions: readonly DatasetVersion[];
  readonly next_cursor: string | null;
}

/** An item to try prompts on: variables and the expected answer. Null is a value and differs from an omitted member. */
export interface NewDatasetItem {
  /** Your own id, unique in the dataset. */
  readonly external_id?: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Any JSON. */
  readonly expected?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
}

export interface DatasetItem extends NewDatasetItem {
  readonly item_id: string;
  readonly item_hash: string;
  /** The execution that the item was made from; null for an uploaded item. */
  readonly source_execution_id: string | null;
  readonly created_at: string;
}

export interface DatasetItems {
  readonly version: string | null;
  readonly items: readonly DatasetItem[];
  readonly next_cursor: string | null;
}

export interface ListDatasetItemsQuery extends PageQuery {
  /** Default: the current content of the dataset. */
  readonly version?: string;
}

/** `append` adds to the existing items; `replace` replaces all of them. */
export type AddItemsMode = 'append' | 'replace';

export interface AddedItems {
  readonly version: string;
  readonly item_count: number;
  readonly added: number;
  /** Items that replaced one with the same `external_id`. */
  readonly changed: number;
  readonly removed: number;
}

export interface ExecutionFilter {
  readonly prompt_name?: string;
  readonly status?: 'succeeded' | 'failed' | 'canceled';
  readonly environment?: string;
  readonly correlation_id?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly batch_id?: string;
  readonly created_after?: string;
  readonly created_before?: string;
}

/** Either `execution_ids` or a `filter`. */
export interface FromExecutionsRequest {
  readonly execution_ids?: readonly string[];
  readonly filter?: ExecutionFilter;
  /** The most executions taken from a filter, newest first. Default 1,000. */
  readonly limit?: number;
  /** `response` makes the answer the item's expected value. */
  readonly expected?: 'response' | null;
}

export interface FromExecutionsResult extends AddedItems {
  /** Executions that the filter found but that cannot become items. */
  readonly skipped: number;
}
