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

/** Outcomes of executions outside the ledger. */
export class OutcomesResource {
  constructor(private readonly transport: Transport) {}

  /** Records an outcome, minutes or weeks later. The first value per execution and metric counts, so a call may be repeated. */
  record(request: Sent<RecordOutcomeRequest>, options?: CallOptions): ApiPromise<RecordOutcomeResult> {
    return this.transport.post('/v1/outcomes', request, options);
  }

  /** Latest first. `await` gives the first page, `for await` all items. */
  list(query: Sent<ListOutcomesQuery> = {}, options?: CallOptions): Pages<Outcome, OutcomeList> {
    return this.transport.pages('/v1/outcomes', 'outcomes', query, options);
  }
}
