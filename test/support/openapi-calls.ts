import { DEFAULT_API_KEY } from '../../src/kernel/index.js';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly example?: string | number;
  readonly schema?: { readonly example?: string | number };
}

export interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}

export interface OpenApiPaths {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** An operation of the OpenAPI document, which tests call with its own examples. */
export interface OpenApiCall {
  /** In upper case. */
  readonly method: string;
  /** For example `/v1/prompts/{name}`. */
  readonly route: string;
  /** For example `GET /v1/prompts/{name}`. */
  readonly name: string;
  readonly operation: Operation;
}

export function callsOf({ paths }: OpenApiPaths): OpenApiCall[] {
  return Object.entries(paths).flatMap(([route, item]) =>
    Object.entries(item).map(([lower, operation]) => {
      const method = lower.toUpperCase();
      return { method, route, name: `${method} ${route}`, operation };
    }),
  );
}

export function exampleOf({ example, schema }: Parameter): string | number | undefined {
  return example ?? schema?.example;
}

/**
 * Returns the example body, or undefined where the operation takes none.
 * @param adminKey the key of the instance, which replaces the default in an example.
 */
export function bodyOf({ operation: { requestBody } }: OpenApiCall, adminKey = DEFAULT_API_KEY): unknown {
  const example = Object.values(requestBody?.content ?? {})[0]?.example;
  return example === undefined
    ? undefined
    : JSON.parse(JSON.stringify(example).replaceAll(DEFAULT_API_KEY, adminKey));
}

/** Returns the example body with the ids of what was made before. @param adminKey as for {@link bodyOf}. */
export function bodyWith(
  call: OpenApiCall,
  ids: ReadonlyMap<string, string>,
  adminKey = DEFAULT_API_KEY,
): unknown {
  const body = bodyOf(call, adminKey);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, ids.get(name) ?? value]));
}

/** @param valueOf returns the value of a parameter; undefined omits a query parameter. */
export function fillPath(
  { route, operation: { parameters = [] } }: OpenApiCall,
  valueOf: (parameter: Parameter) => string | number | undefined,
): string {
  const query = new URLSearchParams();
  let path = route;
  for (const parameter of parameters) {
    const value = valueOf(parameter);
    if (value === undefined) continue;
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    if (parameter.in === 'query') query.set(parameter.name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

/** Ranks calls so that those which make things come before those which read, change and end them. */
export function rankCall({ method, route }: OpenApiCall): number {
  const isMade = /\{\w+_id\}/.test(route);
  // These need an execution, which their body names.
  if (['/v1/scores', '/v1/outcomes'].includes(route) && method === 'POST') return 3;
  if (route.endsWith(':score')) return 3;
  // A rollout must start before it can be paused or ended.
  if (route === '/v1/rollouts/{rollout_id}:start') return 2.5;
  // An experiment runs on the items of a dataset.
  if (route === '/v1/experiments' && method === 'POST') return 1.5;
  // A rollout needs the version that is active after all calls that make one.
  if (route === '/v1/rollouts' && method === 'POST') return 1.5;
  if (route.endsWith(':retire')) return 4;
  if (route.endsWith(':migrate-to-full')) return 5;
  // A model stays as long as routes lead to it.
  if (method === 'DELETE') return route.startsWith('/v1/models/') ? 7 : 6;
  if (method === 'GET') return 2;
  if (isMade) return 3;
  return method === 'PUT' ? 0 : 1;
}

/** Keeps the first id of each kind that an answer contains. */
export function rememberIds(body: unknown, ids: Map<string, string>): void {
  if (typeof body !== 'object' || body === null) return;
  for (const [name, value] of Object.entries(body)) {
    // The id `instance` names the instance itself, which no call made.
    const isId = name.endsWith('_id') && typeof value === 'string' && value !== 'instance';
    if (isId && !ids.has(name)) ids.set(name, value);
    if (name === 'version') rememberIds(value, ids);
  }
}
