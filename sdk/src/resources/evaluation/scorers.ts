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

/** Scorers of answers: checks, code, judges and people. */
export class ScorersResource {
  constructor(private readonly transport: Transport) {}

  /**
   * Makes a scorer, or gives it a version; a definition that it has had before is that version again.
   * @throws ConflictError `SCORER_KIND_MISMATCH`
   */
  put(name: string, request: Sent<PutScorerRequest>, options?: CallOptions): ApiPromise<PutScorerResult> {
    return this.transport.put(path`/v1/scorers/${name}`, request, options);
  }

  /** By name; `await` for the first page, `for await` for all. */
  list(query: Sent<ListScorersQuery> = {}, options?: CallOptions): Pages<Scorer, ScorerList> {
    return this.transport.pages('/v1/scorers', 'scorers', query, options);
  }

  /** With its newest version. @throws NotFoundError `SCORER_NOT_FOUND` */
  get(name: string, options?: CallOptions): ApiPromise<Scorer> {
    return this.transport.get(path`/v1/scorers/${name}`, undefined, options);
  }

  /** Newest first. @throws NotFoundError `SCORER_NOT_FOUND` */
  versions(name: string, options?: CallOptions): ApiPromise<ScorerVersion[]> {
    return this.transport.get(path`/v1/scorers/${name}/versions`, undefined, options);
  }

  /** Scores one execution, to try a scorer; the score is kept only with `keep`. A judge is called for it. */
  score(
    name: string,
    request: Sent<ScoreExecutionRequest>,
    options?: CallOptions,
  ): ApiPromise<ScoredExecution> {
    return this.transport.post(path`/v1/scorers/${name}:score`, request, options);
  }

  /** Its scores stay, and its name may be used again. */
  delete(name: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/scorers/${name}`, options);
  }
}
