import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type {
  ListSnippetsQuery,
  PageQuery,
  PutSnippetRequest,
  PutSnippetResult,
  Snippet,
  SnippetList,
  SnippetSummary,
  SnippetUsage,
  SnippetUse,
  SnippetVersion,
  SnippetVersionSummary,
} from '../../wire/index.js';

/** Texts that prompts share, used as `{% render "snippet/tone@3", audience: who %}`. */
export class SnippetsResource {
  constructor(private readonly transport: Transport) {}

  /** Returns a snippet with its newest version. @throws NotFoundError `SNIPPET_NOT_FOUND` */
  get(name: string, options?: CallOptions): ApiPromise<Snippet> {
    return this.transport.get(path`/v1/snippets/${name}`, undefined, options);
  }

  /** `await` gives the first page, `for await` all snippets. */
  list(query: Sent<ListSnippetsQuery> = {}, options?: CallOptions): Pages<SnippetSummary, SnippetList> {
    return this.transport.pages('/v1/snippets', 'snippets', query, options);
  }

  /** Creates a snippet or its next version. @throws UnprocessableError `TEMPLATE_INVALID` */
  put(name: string, request: Sent<PutSnippetRequest>, options?: CallOptions): ApiPromise<PutSnippetResult> {
    return this.transport.put(path`/v1/snippets/${name}`, request, options);
  }

  /** Newest first. */
  versions(name: string, options?: CallOptions): ApiPromise<readonly SnippetVersionSummary[]> {
    return this.transport.get(path`/v1/snippets/${name}/versions`, undefined, options);
  }

  /** @throws NotFoundError `SNIPPET_NOT_FOUND` or `VERSION_NOT_FOUND` */
  version(name: string, version: number, options?: CallOptions): ApiPromise<SnippetVersion> {
    return this.transport.get(path`/v1/snippets/${name}/versions/${version}`, undefined, options);
  }

  /** Lists the versions of prompts and snippets that use it, newest first. `await` gives the first page, `for await` all items. */
  usage(name: string, query: Sent<PageQuery> = {}, options?: CallOptions): Pages<SnippetUse, SnippetUsage> {
    return this.transport.pages(path`/v1/snippets/${name}/usage`, 'usage', query, options);
  }

  /** @throws ConflictError `SNIPPET_IN_USE` */
  delete(name: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/snippets/${name}`, options);
  }
}
