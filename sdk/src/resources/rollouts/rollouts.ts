import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type {
  CreateRolloutRequest,
  ListRolloutsQuery,
  Rollout,
  RolloutActionRequest,
  RolloutDetail,
  RolloutEventList,
  RolloutExposure,
  RolloutList,
  RolloutLook,
  RolloutLookList,
  RolloutValue,
} from '../../wire/index.js';

type Verb = 'start' | 'pause' | 'resume' | 'stop' | 'roll-back';

/** Versions that are given to a share of the traffic, and what they have shown. Doing a thing twice is doing it once. */
export class RolloutsResource {
  constructor(private readonly transport: Transport) {}

  /** Makes a draft. No request gets the candidate before it is started. */
  create(request: Sent<CreateRolloutRequest>, options?: CallOptions): ApiPromise<Rollout> {
    return this.transport.post('/v1/rollouts', request, options);
  }

  /** Newest first; `await` for the first page, `for await` for all. */
  list(query: Sent<ListRolloutsQuery> = {}, options?: CallOptions): Pages<Rollout, RolloutList> {
    return this.transport.pages('/v1/rollouts', 'rollouts', query, options);
  }

  /** With the figures of each step, and the latest looks. */
  get(rolloutId: string, options?: CallOptions): ApiPromise<RolloutDetail> {
    return this.transport.get(path`/v1/rollouts/${rolloutId}`, undefined, options);
  }

  /** Lists the looks with their decisions, newest first; `await` for the first page, `for await` for all. */
  looks(
    rolloutId: string,
    query: Sent<{ limit?: number }> = {},
    options?: CallOptions,
  ): Pages<RolloutLook, RolloutLookList> {
    return this.transport.pages(path`/v1/rollouts/${rolloutId}/looks`, 'looks', query, options);
  }

  /** Lists the record that the looks are computed from, in order; `await` for the first page, `for await` for all. */
  events(
    rolloutId: string,
    query: Sent<{ limit?: number }> = {},
    options?: CallOptions,
  ): Pages<RolloutExposure | RolloutValue, RolloutEventList> {
    return this.transport.pages(path`/v1/rollouts/${rolloutId}/events`, 'events', query, options);
  }

  /** @throws ConflictError `ROLLOUT_ACTIVE` | `ROLLOUT_CONTROL_MOVED` | `ENVIRONMENT_PROTECTED` */
  start(
    rolloutId: string,
    request: Sent<RolloutActionRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Rollout> {
    return this.act(rolloutId, 'start', request, options);
  }

  /** Everybody gets the control until it is resumed. */
  pause(
    rolloutId: string,
    request: Sent<RolloutActionRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Rollout> {
    return this.act(rolloutId, 'pause', request, options);
  }

  /** It goes on in the step in which it was paused. */
  resume(
    rolloutId: string,
    request: Sent<RolloutActionRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Rollout> {
    return this.act(rolloutId, 'resume', request, options);
  }

  /** Everybody gets the control, without a verdict. */
  stop(
    rolloutId: string,
    request: Sent<RolloutActionRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Rollout> {
    return this.act(rolloutId, 'stop', request, options);
  }

  /** Everybody gets the control, and the moves of the prompt say so. */
  rollBack(
    rolloutId: string,
    request: Sent<RolloutActionRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Rollout> {
    return this.act(rolloutId, 'roll-back', request, options);
  }

  private act(
    rolloutId: string,
    verb: Verb,
    request: Sent<RolloutActionRequest>,
    options?: CallOptions,
  ): ApiPromise<Rollout> {
    return this.transport.post(`${path`/v1/rollouts/${rolloutId}`}:${verb}`, request, options);
  }
}
