import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { STATUS_CODES } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { JsonText } from '../../../kernel/index.js';
import { getClientAddress } from '../request/client-address.js';
import { SECURITY_HEADERS } from '../server/common-headers.js';
import type { HttpOptions } from '../server/configure-http.js';
import { corsHeadersWithoutOrigin } from '../server/cors.js';
import { readDto } from '../dto/dto-reader.js';
import { DEFAULT_MAX_DEPTH, parseJsonBody } from '../body/json-body.reader.js';
import { LedgerHttpAdapter } from '../server/ledger-http.adapter.js';
import { answerOfError } from '../problems/problem.js';
import type { RawAnswer } from '../request/raw-answer.js';
import { readPlainBody } from '../body/plain-body.js';
import { identify, REQUEST_ID_HEADER } from '../request/request-id.js';
import { setRoute } from '../request/get-route.js';

/**
 * Authenticates and authorises a request. The guard of the ordinary way calls the same code.
 *
 * @param address the client's address; null when the client is already gone.
 * @param orOverTeam the route's `orOverTeam`.
 * @returns the caller directly when it is already known. Rejects when the caller lacks permission.
 */
export type Authorize<Caller, Scope extends string> = (
  headers: IncomingHttpHeaders,
  address: string | null,
  scopes: readonly Scope[],
  orOverTeam: boolean,
) => Caller | Promise<Caller>;

/** The part of a request that a route of the fast path sees. */
export interface FastRequest<Caller, Params, Body> {
  readonly caller: Caller;
  readonly params: Params;
  /** `null` for a route without a body. */
  readonly body: Body;
  /** The body as received, for the source text of its parts; `null` without one. */
  readonly text: JsonText | null;
  readonly headers: IncomingHttpHeaders;
  /** Names and values alternating, for a header that must not occur twice. */
  readonly rawHeaders: readonly string[];
  /** The path as sent, which becomes a problem's `instance`. */
  readonly path: string;
}

/** A route that the ordinary way also serves, with the same service and DTO. */
export interface FastRoute<Caller, Scope extends string, Params, Body> {
  readonly method: 'GET' | 'POST';
  /** The route's pattern, the same as its controller's, for metrics. */
  readonly path: string;
  /** Returns the decoded parameters of a path, or `null` unless the path clearly belongs to this route. */
  readonly match: (path: string) => Params | null;
  /** The caller needs all of them. */
  readonly scopes: readonly Scope[];
  /** Set when holding the scopes over one team's prompts is enough. The handler decides once it knows the prompt. */
  readonly orOverTeam?: true;
  /** The body of a POST; `null` for a GET. */
  readonly dto: Type<Body & object> | null;
  /** Answers synchronously when it has nothing to wait for. */
  readonly handle: (request: FastRequest<Caller, Params, Body>) => RawAnswer | Promise<RawAnswer>;
  /** Headers that the route's problems carry too, once the caller is known. Never rejects. */
  readonly problemHeaders?: (
    caller: Caller,
  ) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
}

/**
 * Answers the few hottest routes before Express, whose router, middleware and parsers cost more than the rest of such a request. It is a
 * shortcut, not a second implementation: it takes plain requests only and calls the same functions as the ordinary way in the same order. A
 * request with anything unusual (a query, a body that is chunked, compressed or too large, a page's `Origin`, an expectation) goes to
 * Express untouched.
 */
export class FastPath<Caller, Scope extends string> {
  private readonly routes: FastRoute<Caller, Scope, unknown, unknown>[] = [];
  /** Names and values alternating, as `writeHead` takes them. */
  private readonly commonHeaders: readonly string[];

  constructor(
    private readonly options: Pick<HttpOptions, 'body' | 'corsOrigins' | 'trustedProxies'>,
    private readonly authorize: Authorize<Caller, Scope>,
  ) {
    const common = [...SECURITY_HEADERS, ...corsHeadersWithoutOrigin(options.corsOrigins)];
    this.commonHeaders = common.flat();
  }

  add<Params, Body>(route: FastRoute<Caller, Scope, Params, Body>): this {
    // Each route receives what its own `match` and `dto` returned, so the list need not know their types.
    this.routes.push(route as unknown as FastRoute<Caller, Scope, unknown, unknown>);
    return this;
  }

  /** Returns false when the request is left to the ordinary way; it is then untouched. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const { method, url = '' } = request;
    for (const route of this.routes) {
      if (route.method !== method) continue;
      const params = route.match(url);
      if (params === null || !this.isPlain(request)) continue;
      setRoute(request, route);
      this.answer(request, response, route, params);
      return true;
    }
    return false;
  }

  private isPlain({ method, headers }: IncomingMessage): boolean {
    for (const name of LEFT_TO_EXPRESS) if (headers[name] !== undefined) return false;
    const length = headers['content-length'];
    if (method === 'GET') return length === undefined;
    return length !== undefined && Number(length) <= this.options.body.maxBytes;
  }

  /** Awaits only promises: each `await` costs about a microsecond, and a read from memory has no other reason to wait. */
  private answer(
    request: IncomingMessage,
    response: ServerResponse,
    route: FastRoute<Caller, Scope, unknown, unknown>,
    params: unknown,
  ): void {
    const id = identify(request);
    const write = (answer: RawAnswer | null) => {
      // `null` means that the client has gone away.
      if (answer !== null) this.write(response, id, answer);
    };
    const fail = (error: unknown) => {
      const answer = answerOfError(request, error);
      if (response.headersSent) response.destroy();
      else this.write(response, id, answer);
    };
    try {
      const answer = this.handle(request, route, params);
      if (answer instanceof Promise) answer.then(write).catch(fail);
      else write(answer);
    } catch (error) {
      fail(error);
    }
  }

  /** Follows the order of the ordinary way: guard, body, pipe, controller. Returns `null` when the client has gone away. */
  private handle(
    request: IncomingMessage,
    route: FastRoute<Caller, Scope, unknown, unknown>,
    params: unknown,
  ): RawAnswer | null | Promise<RawAnswer | null> {
    const address = getClientAddress(request, this.options.trustedProxies);
    const caller = this.authorize(request.headers, address, route.scopes, route.orOverTeam === true);
    if (caller instanceof Promise) return caller.then((known) => this.serve(known, request, route, params));
    return this.serve(caller, request, route, params);
  }

  private serve(
    caller: Caller,
    request: IncomingMessage,
    route: FastRoute<Caller, Scope, unknown, unknown>,
    params: unknown,
  ): RawAnswer | Promise<RawAnswer | null> {
    const { dto } = route;
    if (dto !== null) return this.serveBody(caller, request, route, dto, params);
    const { headers, rawHeaders, url: path = '' } = request;
    return route.handle({ caller, params, body: null, text: null, headers, rawHeaders, path });
  }

  private async serveBody(
    caller: Caller,
    request: IncomingMessage,
    route: FastRoute<Caller, Scope, unknown, unknown>,
    dto: Type<object>,
    params: unknown,
  ): Promise<RawAnswer | null> {
    const { headers, rawHeaders, url: path = '' } = request;
    try {
      const bytes = await readPlainBody(request);
      if (bytes === null) return null;
      const parsed = parseJsonBody(bytes, this.options.body.maxDepth ?? DEFAULT_MAX_DEPTH);
      const text = parsed instanceof Promise ? await parsed : parsed;
      const body = readDto(dto, text?.value, 'body');
      return await route.handle({ caller, params, body, text, headers, rawHeaders, path });
    } catch (error) {
      if (route.problemHeaders === undefined) throw error;
      return answerOfError(request, error).with(await route.problemHeaders(caller));
    }
  }

  private write(response: ServerResponse, id: string, { status, headers, body }: RawAnswer): void {
    // Node takes one flat list as it is; headers that are set one by one are each looked up, copied and sorted.
    const head = [REQUEST_ID_HEADER, id, ...this.commonHeaders];
    for (const name in headers) head.push(name, headers[name] as string);
    if (status !== 204) head.push('Content-Length', String(Buffer.byteLength(body)));
    // The phrase is always passed: if Node refuses a head, it would keep that head's phrase for the next one.
    response.writeHead(status, STATUS_CODES[status] ?? 'unknown', head);
    response.end(body);
  }
}

/** The CORS middleware needs `Origin`. A chosen project and a session need a look-up. The rest concern body parsers and other protocols. */
const LEFT_TO_EXPRESS = [
  'origin',
  'x-project',
  'cookie',
  'expect',
  'upgrade',
  'transfer-encoding',
  'content-encoding',
] as const;

/** Puts a fast path in front of an app's ordinary way. Call it once, with the options of {@link configureHttp}. */
export function openFastPath<Caller, Scope extends string>(
  app: NestExpressApplication,
  options: HttpOptions,
  authorize: Authorize<Caller, Scope>,
): FastPath<Caller, Scope> {
  const adapter = app.getHttpAdapter();
  if (!(adapter instanceof LedgerHttpAdapter)) throw new Error('the app was not made by createHttpApp');
  const fastPath = new FastPath(options, authorize);
  adapter.putInFront((request, response) => fastPath.take(request, response));
  return fastPath;
}
