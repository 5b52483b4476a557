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

/** Changes to protected environments, which are opened, approved and applied. */
export class ChangesResource {
  constructor(private readonly transport: Transport) {}

  open(request: Sent<OpenChangeRequest>, options?: CallOptions): ApiPromise<Change> {
    return this.transport.post('/v1/changes', request, options);
  }

  /** Newest first. `await` gives the first page, `for await` all items. */
  list(query: Sent<ListChangesQuery> = {}, options?: CallOptions): Pages<ChangeSummary, ChangeList> {
    return this.transport.pages('/v1/changes', 'changes', query, options);
  }

  get(changeId: string, options?: CallOptions): ApiPromise<Change> {
    return this.transport.get(path`/v1/changes/${changeId}`, undefined, options);
  }

  /** Approves a change; its author may not. For a change applied in an emergency, this closes the review. */
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

  /** Withdraws a change; only its author may. */
  withdraw(
    changeId: string,
    request: Sent<ReviewChangeRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Change> {
    return this.transport.post(path`/v1/changes/${changeId}:withdraw`, request, options);
  }

  /** Applies a change; its author and approvers may. A second call returns the same answer. */
  apply(changeId: string, request: Sent<ApplyChangeRequest> = {}, options?: CallOptions): ApiPromise<Change> {
    return this.transport.post(path`/v1/changes/${changeId}:apply`, request, options);
  }
}
