import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  randomId,
  type Sent,
  type Transport,
} from '../../core/index.js';
import { splitParts } from '../../dataset-parts.js';
import type {
  AddedItems,
  AddItemsMode,
  Dataset,
  DatasetItem,
  DatasetItems,
  DatasetList,
  DatasetSummary,
  DatasetVersion,
  DatasetVersions,
  FromExecutionsRequest,
  FromExecutionsResult,
  ListDatasetItemsQuery,
  NewDatasetItem,
  PageQuery,
  PutDatasetRequest,
} from '../../wire/index.js';

export interface AddItemsOptions extends CallOptions {
  /** Default `append`. */
  readonly mode?: AddItemsMode;
  /** Called with the number of items sent so far. */
  readonly onProgress?: (items: number) => void;
}

/** Collections of items to try prompts on, versioned by a hash of their content. */
export class DatasetsResource {
  constructor(private readonly transport: Transport) {}

  /** Creates a dataset or changes its description and schema. */
  create(name: string, request: Sent<PutDatasetRequest> = {}, options?: CallOptions): ApiPromise<Dataset> {
    return this.transport.put(path`/v1/datasets/${name}`, request, options);
  }

  get(name: string, options?: CallOptions): ApiPromise<Dataset> {
    return this.transport.get(path`/v1/datasets/${name}`, undefined, options);
  }

  /** Ordered by name. `await` gives the first page, `for await` all items. */
  list(query: Sent<PageQuery> = {}, options?: CallOptions): Pages<DatasetSummary, DatasetList> {
    return this.transport.pages('/v1/datasets', 'datasets', query, options);
  }

  delete(name: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/datasets/${name}`, options);
  }

  /** Newest first. `await` gives the first page, `for await` all items. */
  versions(
    name: string,
    query: Sent<PageQuery> = {},
    options?: CallOptions,
  ): Pages<DatasetVersion, DatasetVersions> {
    return this.transport.pages(path`/v1/datasets/${name}/versions`, 'versions', query, options);
  }

  /** `await` gives the first page, `for await` all items, which belong to one version even if the dataset changes meanwhile. */
  listItems(
    name: string,
    query: Sent<ListDatasetItemsQuery> = {},
    options?: CallOptions,
  ): Pages<DatasetItem, DatasetItems> {
    return this.transport.pages(path`/v1/datasets/${name}/items`, 'items', query, options);
  }

  /**
   * Adds any number of items, which become one version: all or none. If they exceed one request, they are sent in parts as they arrive, so
   * that a stream of items is never held in memory.
   */
  async addItems(
    name: string,
    items: Iterable<NewDatasetItem> | AsyncIterable<NewDatasetItem>,
    { mode = 'append', onProgress, ...options }: AddItemsOptions = {},
  ): Promise<AddedItems> {
    const url = path`/v1/datasets/${name}/items`;
    const uploadId = randomId();
    let held: readonly NewDatasetItem[] | null = null;
    let parts = 0;
    let sent = 0;
    const stage = async (part: readonly NewDatasetItem[]): Promise<void> => {
      parts += 1;
      await this.transport.post(`${url}:stage`, { upload_id: uploadId, part: parts, items: part }, options);
      sent += part.length;
      onProgress?.(sent);
    };
    for await (const part of splitParts(items)) {
      if (held !== null) await stage(held);
      held = part;
    }
    if (parts === 0) {
      const added = await this.transport.post<AddedItems>(url, { items: held ?? [], mode }, options);
      onProgress?.(held?.length ?? 0);
      return added;
    }
    if (held !== null) await stage(held);
    const body = { upload_id: uploadId, parts, mode };
    // An upload completes once; sent again, the request returns the first answer.
    return this.transport.call<AddedItems>({
      ...options,
      method: 'POST',
      path: url,
      body,
      repeating: 'same',
    });
  }

  /** Creates an item from each execution. If an execution already has an item, that item changes or stays. */
  fromExecutions(
    name: string,
    request: Sent<FromExecutionsRequest>,
    options?: CallOptions,
  ): ApiPromise<FromExecutionsResult> {
    return this.transport.post(path`/v1/datasets/${name}/items:from-executions`, request, options);
  }
}
