import { type Fetch, LedgerClient } from '@prompt-ledger/client';
import { session } from './session';

/**
 * The client of the REST API. It uses the browser's session: the browser sends the cookie, and there is no key. One retry is
 * enough where a person can press "Try again".
 */
export const ledger = new LedgerClient({
  baseUrl: window.location.origin,
  apiKey: 'session',
  maxRetries: 1,
  timeoutMs: 30_000,
  fetch: fetchBySession,
});

/** Signs a request as one of this session, and notices when the session is over. */
async function fetchBySession(...[url, init]: Parameters<Fetch>): Promise<Response> {
  const response = await send(url, init);
  if (response.status === 401) session.end();
  // Another tab has signed in since, so the cookie belongs to a newer session with its own token.
  if (response.status === 403 && (await isWrongToken(response.clone()))) {
    await session.refreshToken();
    return send(url, init);
  }
  return response;
}

function send(url: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.delete('x-api-key');
  const { csrfToken, project } = session.state();
  if (csrfToken !== null && init.method !== 'GET') headers.set('x-csrf-token', csrfToken);
  if (project !== null) headers.set('x-project', project);
  return fetch(url, { ...init, headers, credentials: 'same-origin', cache: 'no-store' });
}

async function isWrongToken(response: Response): Promise<boolean> {
  const body = (await response.json().catch(() => null)) as { code?: unknown } | null;
  return body?.code === 'CSRF_TOKEN_INVALID';
}
