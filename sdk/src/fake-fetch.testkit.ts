import type { Fetch } from './core/index.js';

export interface SeenRequest {
  readonly method: string;
  /** With the query, without the host. */
  readonly path: string;
  readonly headers: Headers;
  /** Parsed; undefined when there was no body. */
  readonly body: unknown;
}

/** Answers one request or breaks its connection. */
export type Step = (request: SeenRequest, signal: AbortSignal | null) => Response | Promise<Response>;

/** A `fetch` that plays the steps in order, repeats the last one for ever, and records the requests. */
export function fakeFetch(...steps: Step[]): { fetch: Fetch; requests: SeenRequest[] } {
  const requests: SeenRequest[] = [];
  const fetch: Fetch = async (url, init) => {
    const { pathname, search } = new URL(url);
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined;
    const headers = new Headers(init.headers);
    const request = { method: init.method ?? 'GET', path: pathname + search, headers, body };
    requests.push(request);
    const step = steps[Math.min(requests.length, steps.length) - 1];
    if (step === undefined) throw new Error('The fake has no step.');
    return step(request, init.signal ?? null);
  };
  return { fetch, requests };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Step {
  return () => new Response(JSON.stringify(body), { status, headers });
}

export function problem(
  status: number,
  code: string,
  members: Record<string, unknown> = {},
  headers: Record<string, string> = { 'retry-after': '0' },
): Step {
  const body = {
    type: `/docs/errors#${code}`,
    title: code,
    status,
    detail: `It is ${code}.`,
    instance: '/',
    code,
  };
  return json({ ...body, ...members }, status, headers);
}

/** Fails like `fetch` when no server listens. */
export const refused: Step = () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:8000'), { code: 'ECONNREFUSED' });
  throw new TypeError('fetch failed', { cause });
};

/** Fails like `fetch` when the connection breaks after the request was sent. */
export const broken: Step = () => {
  throw new TypeError('fetch failed', {
    cause: Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }),
  });
};

/** Does not answer until it is aborted. */
export const silent: Step = (_request, signal) =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
