import type { INestApplication } from '@nestjs/common';
import type { FastLane } from '../infra/http/index.js';
import type { Caller, Scope } from '../modules/auth/index.js';

/** The routes that are answered in front of Express. Each is served by a controller too, by the same service. */
export function addFastRoutes(_lane: FastLane<Caller, Scope>, _app: INestApplication): void {
  // None yet.
}
