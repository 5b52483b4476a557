import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  answerOfError,
  MethodNotAllowedError,
  RawAnswer,
  RequestRefusedError,
  RouteNotFoundError,
} from '../../infra/http/index.js';
import { METRICS_MEDIA_TYPE } from '../../infra/metrics/index.js';
import { MetricsTokenError } from './errors.js';

export const METRICS_PATH = '/metrics';

export interface MetricsEndpointOptions {
  /** The token that callers must send; null when none is needed. */
  readonly token: string | null;
  /** Whether to answer only callers on this machine. */
  readonly loopbackOnly: boolean;
  /** Returns the text for Prometheus. */
  readonly scrape: () => Promise<string>;
}

/** Headers that proxies add. Behind a proxy on the same machine every caller would seem local. */
const PROXY_HEADERS = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'] as const;
const LOOPBACK = /^(?:127\.|::ffff:127\.|::1$)/;

/** Answers `GET /metrics` on any server. */
export class MetricsEndpoint {
  private readonly tokenDigest: Buffer | null;

  constructor(private readonly options: MetricsEndpointOptions) {
    this.tokenDigest = options.token === null ? null : digestToken(options.token);
  }

  /** Never rejects. A refusal is a problem document. */
  async answer(request: IncomingMessage): Promise<RawAnswer> {
    try {
      this.check(request);
      return new RawAnswer(
        200,
        { 'Content-Type': METRICS_MEDIA_TYPE, 'Cache-Control': 'no-store' },
        await this.options.scrape(),
      );
    } catch (error) {
      return answerOfError(request, error);
    }
  }

  private check(request: IncomingMessage): void {
    const { method = '', url = '' } = request;
    if (url !== METRICS_PATH && !url.startsWith(`${METRICS_PATH}?`))
      throw new RouteNotFoundError(method, url);
    if (this.options.loopbackOnly && !isFromHere(request)) {
      throw new RequestRefusedError(
        403,
        'Without METRICS_TOKEN or METRICS_PORT, metrics are for this machine only; set one of them.',
      );
    }
    if (this.tokenDigest !== null && !isSame(readBearer(request), this.tokenDigest))
      throw new MetricsTokenError();
    if (method !== 'GET' && method !== 'HEAD') throw new MethodNotAllowedError(method, ['GET', 'HEAD']);
  }
}

/** Writes an answer on a server without a framework. */
export function writePlainAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: RawAnswer,
): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function isFromHere({ headers, socket }: IncomingMessage): boolean {
  if (PROXY_HEADERS.some((name) => headers[name] !== undefined)) return false;
  return LOOPBACK.test(socket.remoteAddress ?? '');
}

function readBearer({ headers: { authorization = '' } }: IncomingMessage): string {
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
}

function isSame(token: string, digest: Buffer): boolean {
  return timingSafeEqual(digestToken(token), digest);
}

function digestToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
