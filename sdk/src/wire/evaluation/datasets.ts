import type { PageQuery } from '../page-query.js';

export interface PutDatasetRequest {
  /** Omit it to keep it; null removes it. */
  readonly description?: string | null;
  /** JSON Schema that the variables of new items have to fit. Omit it to keep it; null removes it. */
  readonly variables_schema?: Readonly<Record<string, unknown>> | null;
}

export interface DatasetSummary {
  readonly dataset_id: string;
  readonly name: string;
  readonly description: string | null;
  /** The hash of what it holds now; null before the first items. */
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
  /** Whether the dataset holds this now. */
  readonly current: boolean;
  readonly created_at: string;
  readonly created_by: string;
}

export interface DatasetVersions {
  /** Newest first. */
  readonly versions: readonly DatasetVersion[];
  readonly next_cursor: string | null;
}

/** An item to try prompts on: their variables, and the answer that is expected. Null differs from left out. */
export interface NewDatasetItem {
  /** Your id, unique in the dataset. */
  readonly external_id?: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Any JSON. */
  readonly expected?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
}

export interface DatasetItem extends NewDatasetItem {
  readonly item_id: string;
  readonly item_hash: string;
  /** The execution that it was made from; null for one that was sent. */
  readonly source_execution_id: string | null;
  readonly created_at: string;
}

export interface DatasetItems {
  readonly version: string | null;
  readonly items: readonly DatasetItem[];
  readonly next_cursor: string | null;
}

export interface ListDatasetItemsQuery extends PageQuery {
  /** Left out: what the dataset holds now. */
  readonly version?: string;
}

/** `append` adds to the items there are; `replace` makes these all that there are. */
export type AddItemsMode = 'append' | 'replace';

export interface AddedItems {
  readonly version: string;
  readonly item_count: number;
  readonly added: number;
  /** Items that took the place of one with the same `external_id`. */
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
  /** The most that a filter takes, newest first; default 1,000. */
  readonly limit?: number;
  /** `response`: the answer is what is expected of the item. */
  readonly expected?: 'response' | null;
}

export interface FromExecutionsResult extends AddedItems {
  /** Executions that the filter found and that cannot be made an item. */
  readonly skipped: number;
}
