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

/** Versions that receive a share of the traffic, and their results. Repeating an action has no further effect. */
export class RolloutsResource {
  constructor(private readonly transport: Transport) {}

  /** Creates a draft. No request gets the candidate before the rollout starts. */
  create(request: Sent<CreateRolloutRequest>, options?: CallOptions): ApiPromise<Rollout> {
    return this.transport.post('/v1/rollouts', request, options);
  }

  /** Newest first. `await` gives the first page, `for await` all items. */
  list(query: Sent<ListRolloutsQuery> = {}, options?: CallOptions): Pages<Rollout, RolloutList> {
    return this.transport.pages('/v1/rollouts', 'rollouts', query, options);
  }

  /** Returns a rollout with the figures of each step and the latest looks. */
  get(rolloutId: string, options?: CallOptions): ApiPromise<RolloutDetail> {
    return this.transport.get(path`/v1/rollouts/${rolloutId}`, undefined, options);
  }

  /** Lists the looks with their decisions, newest first. `await` gives the first page, `for await` all items. */
  looks(
    rolloutId: string,
    query: Sent<{ limit?: number }> = {},
    options?: CallOptions,
  ): Pages<RolloutLook, RolloutLookList> {
    return this.transport.pages(path`/v1/rollouts/${rolloutId}/looks`, 'looks', query, options);
  }

  /** Lists the record that the looks are computed from, in order. `await` gives the first page, `for await` all items. */
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

  /** Pauses the rollout; every request gets the control until it resumes. */
  pause(
    rolloutId: string,
    request: Sent<RolloutActionRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Rollout> {
    return this.act(rolloutId, 'pause', request, options);
  }

  /** Resumes the rollout in the step in which it was paused. */
  resume(
    rolloutId: string,
    request: Sent<RolloutActionRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Rollout> {
    return this.act(rolloutId, 'resume', request, options);
  }

  /** Stops the rollout without a verdict; every request gets the control. */
  stop(
    rolloutId: string,
    request: Sent<RolloutActionRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Rollout> {
    return this.act(rolloutId, 'stop', request, options);
  }

  /** Rolls back; every request gets the control, and the prompt's moves record it. */
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
