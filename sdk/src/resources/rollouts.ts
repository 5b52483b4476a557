import { type ApiPromise, type CallOptions, Pages, path, type Sent, type Transport } from '../core/index.js';
import type {
  RolloutDetail,
  RolloutEventList,
  RolloutExposure,
  RolloutLook,
  RolloutLookList,
  RolloutValue,
} from '../wire/index.js';

/** Versions that are given to a share of the traffic, and what they have shown. */
export class RolloutsResource {
  constructor(private readonly transport: Transport) {}

  /** With the figures of each step, and the latest looks. */
  get(rolloutId: string, options?: CallOptions): ApiPromise<RolloutDetail> {
    return this.transport.get(path`/v1/rollouts/${rolloutId}`, undefined, options);
  }

  /** What each look saw and decided, newest first; `await` for the first page, `for await` for all. */
  looks(
    rolloutId: string,
    query: Sent<{ limit?: number }> = {},
    options?: CallOptions,
  ): Pages<RolloutLook, RolloutLookList> {
    return new Pages(
      (cursor) => this.transport.get(path`/v1/rollouts/${rolloutId}/looks`, { ...query, cursor }, options),
      ({ looks }) => looks,
    );
  }

  /** What the looks are computed from, in the order in which it was taken in. */
  events(
    rolloutId: string,
    query: Sent<{ limit?: number }> = {},
    options?: CallOptions,
  ): Pages<RolloutExposure | RolloutValue, RolloutEventList> {
    return new Pages(
      (cursor) => this.transport.get(path`/v1/rollouts/${rolloutId}/events`, { ...query, cursor }, options),
      ({ events }) => events,
    );
  }
}
