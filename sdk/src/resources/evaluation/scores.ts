import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type { ListScoresQuery, PostScoreRequest, Score, ScoreList } from '../../wire/index.js';

/** Scores of executions. */
export class ScoresResource {
  constructor(private readonly transport: Transport) {}

  /** Records the opinion of a person or an end user for a scorer of kind `human`. Each call adds a score. */
  create(request: Sent<PostScoreRequest>, options?: CallOptions): ApiPromise<Score> {
    return this.transport.post('/v1/scores', request, options);
  }

  /** Latest first. `await` gives the first page, `for await` all items. */
  list(query: Sent<ListScoresQuery> = {}, options?: CallOptions): Pages<Score, ScoreList> {
    return this.transport.pages('/v1/scores', 'scores', query, options);
  }
}
