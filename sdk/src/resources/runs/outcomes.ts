import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type {
  ListOutcomesQuery,
  Outcome,
  OutcomeList,
  RecordOutcomeRequest,
  RecordOutcomeResult,
} from '../../wire/index.js';

/** Outcomes of executions outside of the ledger. */
export class OutcomesResource {
  constructor(private readonly transport: Transport) {}

  /** Minutes or weeks later. Of each execution and metric the first value counts, so a call may be repeated. */
  record(request: Sent<RecordOutcomeRequest>, options?: CallOptions): ApiPromise<RecordOutcomeResult> {
    return this.transport.post('/v1/outcomes', request, options);
  }

  /** The latest first; `await` for the first page, `for await` for all. */
  list(query: Sent<ListOutcomesQuery> = {}, options?: CallOptions): Pages<Outcome, OutcomeList> {
    return this.transport.pages('/v1/outcomes', 'outcomes', query, options);
  }
}
