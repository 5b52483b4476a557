import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type { PageQuery, PutTeamRequest, Team, TeamList } from '../../wire/index.js';

/** Teams: users with additional rights over the prompts that their team owns. */
export class TeamsResource {
  constructor(private readonly transport: Transport) {}

  /** Ordered by name. `await` gives the first page, `for await` all items. */
  list(query: Sent<PageQuery> = {}, options?: CallOptions): Pages<Team, TeamList> {
    return this.transport.pages('/v1/teams', 'teams', query, options);
  }

  get(name: string, options?: CallOptions): ApiPromise<Team> {
    return this.transport.get(path`/v1/teams/${name}`, undefined, options);
  }

  put(name: string, request: Sent<PutTeamRequest>, options?: CallOptions): ApiPromise<Team> {
    return this.transport.put(path`/v1/teams/${name}`, request, options);
  }

  delete(name: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/teams/${name}`, options);
  }
}
