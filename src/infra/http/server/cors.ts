import type { CorsOptions } from '@nestjs/common/interfaces/external/cors-options.interface.js';
import type { Header } from './common-headers.js';
import { REQUEST_ID_HEADER } from '../request/request-id.js';

const EXPOSED_HEADERS = [
  'Idempotency-Replayed',
  'Location',
  'RateLimit-Limit',
  'RateLimit-Policy',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'X-Execution-Id',
  'X-Ignored-Params',
  'X-Rollout-Arm',
  'X-Rollout-Id',
  'X-Rollout-Phase',
  REQUEST_ID_HEADER,
];

/** @param origins not empty; `*` allows all. */
export function corsOptions(origins: readonly string[]): CorsOptions {
  return {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'Content-Type',
      'Idempotency-Key',
      'X-API-Key',
      'X-Project',
      REQUEST_ID_HEADER,
    ],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
  };
}

/** Returns the headers that the CORS middleware sets when a request names no origin. */
export function corsHeadersWithoutOrigin(origins: readonly string[]): readonly Header[] {
  if (origins.length === 0) return [];
  const exposed: Header = ['Access-Control-Expose-Headers', EXPOSED_HEADERS.join(',')];
  return origins.includes('*')
    ? [['Access-Control-Allow-Origin', '*'], exposed]
    : [['Vary', 'Origin'], exposed];
}
