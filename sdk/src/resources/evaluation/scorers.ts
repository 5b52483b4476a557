import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type {
  ListScorersQuery,
  PutScorerRequest,
  PutScorerResult,
  ScoredExecution,
  ScoreExecutionRequest,
  Scorer,
  ScorerList,
  ScorerVersion,
} from '../../wire/index.js';

/** Scorers of answers: checks, code, judges and human opinions. */
export class ScorersResource {
  constructor(private readonly transport: Transport) {}

  /**
   * Creates a scorer or a new version of it. A definition that it had before becomes that version again.
   * @throws ConflictError `SCORER_KIND_MISMATCH`
   */
  put(name: string, request: Sent<PutScorerRequest>, options?: CallOptions): ApiPromise<PutScorerResult> {
    return this.transport.put(path`/v1/scorers/${name}`, request, options);
  }

  /** Ordered by name. `await` gives the first page, `for await` all items. */
  list(query: Sent<ListScorersQuery> = {}, options?: CallOptions): Pages<Scorer, ScorerList> {
    return this.transport.pages('/v1/scorers', 'scorers', query, options);
  }

  /** Returns a scorer with its newest version. @throws NotFoundError `SCORER_NOT_FOUND` */
  get(name: string, options?: CallOptions): ApiPromise<Scorer> {
    return this.transport.get(path`/v1/scorers/${name}`, undefined, options);
  }

  /** Newest first. @throws NotFoundError `SCORER_NOT_FOUND` */
  versions(name: string, options?: CallOptions): ApiPromise<ScorerVersion[]> {
    return this.transport.get(path`/v1/scorers/${name}/versions`, undefined, options);
  }

  /** Scores one execution to try a scorer; stores the score only with `keep`. A judge's model is called. */
  score(
    name: string,
    request: Sent<ScoreExecutionRequest>,
    options?: CallOptions,
  ): ApiPromise<ScoredExecution> {
    return this.transport.post(path`/v1/scorers/${name}:score`, request, options);
  }

  /** Deletes a scorer. Its scores stay, and its name is free again. */
  delete(name: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/scorers/${name}`, options);
  }
}
