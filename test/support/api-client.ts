export interface ApiResponse<T> {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON, or null when there is no body; its type is the test's claim. */
  readonly body: T;
}

export type ApiBody = Record<string, unknown>;

export interface ApiClient {
  get<T = ApiBody>(path: string, headers?: Record<string, string>): Promise<ApiResponse<T>>;
  post<T = ApiBody>(path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiResponse<T>>;
  put<T = ApiBody>(path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiResponse<T>>;
  patch<T = ApiBody>(path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiResponse<T>>;
  delete<T = ApiBody>(path: string, headers?: Record<string, string>): Promise<ApiResponse<T>>;
}

/** Calls over a socket, as a client would. A string body is sent unchanged, for bodies that are not JSON. A null key sends none. */
export function api(url: string, key: string | null): ApiClient {
  const send = async <T>(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiResponse<T>> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { 'x-api-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parse(text) as T };
  };
  return {
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    put: (path, body, headers) => send('PUT', path, body, headers),
    patch: (path, body, headers) => send('PATCH', path, body, headers),
    delete: (path, headers) => send('DELETE', path, undefined, headers),
  };
}

function parse(text: string): unknown {
  return text === '' ? null : JSON.parse(text);
}
