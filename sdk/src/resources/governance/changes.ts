import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type {
  ApplyChangeRequest,
  Change,
  ChangeList,
  ChangeSummary,
  ListChangesQuery,
  OpenChangeRequest,
  ReviewChangeRequest,
} from '../../wire/index.js';

/** Changes of protected environments: opened, approved, applied. */
export class ChangesResource {
  constructor(private readonly transport: Transport) {}

  open(request: Sent<OpenChangeRequest>, options?: CallOptions): ApiPromise<Change> {
    return this.transport.post('/v1/changes', request, options);
  }

  /** Newest first; `await` for the first page, `for await` for all. */
  list(query: Sent<ListChangesQuery> = {}, options?: CallOptions): Pages<ChangeSummary, ChangeList> {
    return this.transport.pages('/v1/changes', 'changes', query, options);
  }

  get(changeId: string, options?: CallOptions): ApiPromise<Change> {
    return this.transport.get(path`/v1/changes/${changeId}`, undefined, options);
  }

  /** Not for the caller who opened it. For a change that was applied in an emergency, it closes the review. */
  approve(
    changeId: string,
    request: Sent<ReviewChangeRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Change> {
    return this.transport.post(path`/v1/changes/${changeId}:approve`, request, options);
  }

  reject(
    changeId: string,
    request: Sent<ReviewChangeRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Change> {
    return this.transport.post(path`/v1/changes/${changeId}:reject`, request, options);
  }

  /** For the caller who opened it. */
  withdraw(
    changeId: string,
    request: Sent<ReviewChangeRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Change> {
    return this.transport.post(path`/v1/changes/${changeId}:withdraw`, request, options);
  }

  /** For the caller who opened it and for approvers. Applying twice answers the same. */
  apply(changeId: string, request: Sent<ApplyChangeRequest> = {}, options?: CallOptions): ApiPromise<Change> {
    return this.transport.post(path`/v1/changes/${changeId}:apply`, request, options);
  }
}
