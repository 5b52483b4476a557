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
 * @param address where the request came from; null when the client is gone already.
 * @param orOverTeam as the route has it.
 * @returns without a promise for a caller who is known already; rejects for a caller who may not.
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
  /** The body as it came, for the source text of its parts; `null` without one. */
  readonly text: JsonText | null;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, for a header that must not come twice. */
  readonly rawHeaders: readonly string[];
  /** The path as sent, which stands in a problem's `instance`. */
  readonly path: string;
}

/** A route that the ordinary way serves too, by the same service and the same DTO. */
export interface FastRoute<Caller, Scope extends string, Params, Body> {
  readonly method: 'GET' | 'POST';
  /** Its pattern, as its controller has it, for whoever counts requests. */
  readonly path: string;
  /** The parameters of a path, decoded; `null` for any path that is not beyond doubt one of this route. */
  readonly match: (path: string) => Params | null;
  /** All of them are needed. */
  readonly scopes: readonly Scope[];
  /** Set where they will do over the prompts of one team; the handler decides, once it knows the prompt. */
  readonly orOverTeam?: true;
  /** The body of a POST; `null` for a GET. */
  readonly dto: Type<Body & object> | null;
  /** Answers at once where it has nothing to wait for. */
  readonly handle: (request: FastRequest<Caller, Params, Body>) => RawAnswer | Promise<RawAnswer>;
  /** Headers that problems of the route carry too, once it is known whose they are. Never rejects. */
  readonly problemHeaders?: (
    caller: Caller,
  ) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
}

/**
 * Answers the few hottest routes in front of Express, whose router, middleware and parsers cost more than the rest of
 * such a request. It is a short cut and no second way: it takes plain requests only, and what it does to them are the
 * functions that the ordinary way is made of, in the same order. Whatever is odd about a request (a query, a body in
 * chunks or compressed or too large, a page's `Origin`, an expectation) leaves it to Express untouched.
 */
export class FastPath<Caller, Scope extends string> {
  private readonly routes: FastRoute<Caller, Scope, unknown, unknown>[] = [];
  /** Names and values in turn, as `writeHead` takes them. */
  private readonly commonHeaders: readonly string[];

  constructor(
    private readonly options: Pick<HttpOptions, 'body' | 'corsOrigins' | 'trustedProxies'>,
    private readonly authorize: Authorize<Caller, Scope>,
  ) {
    const common = [...SECURITY_HEADERS, ...corsHeadersWithoutOrigin(options.corsOrigins)];
    this.commonHeaders = common.flat();
  }

  add<Params, Body>(route: FastRoute<Caller, Scope, Params, Body>): this {
    // Each route is given what its own `match` and `dto` made; the list need not know their types.
    this.routes.push(route as unknown as FastRoute<Caller, Scope, unknown, unknown>);
    return this;
  }

  /** False when the request is left to the ordinary way; then nothing about it was touched. */
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

  /**
   * Nothing is awaited that is there already: each `await` costs about a microsecond, and a read from memory has no other
   * reason to wait.
   */
  private answer(
    request: IncomingMessage,
    response: ServerResponse,
    route: FastRoute<Caller, Scope, unknown, unknown>,
    params: unknown,
  ): void {
    const id = identify(request);
    const write = (answer: RawAnswer | null) => {
      // The client went away meanwhile.
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

  /** In the order of the ordinary way: guard, body, pipe, controller. `null` when the client went away meanwhile. */
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
    // Node takes one flat list at once; headers that are set one by one are each looked up, copied and put in order again.
    const head = [REQUEST_ID_HEADER, id, ...this.commonHeaders];
    for (const name in headers) head.push(name, headers[name] as string);
    if (status !== 204) head.push('Content-Length', String(Buffer.byteLength(body)));
    // The phrase is said each time: of a head that Node refused, it would stay with the next one.
    response.writeHead(status, STATUS_CODES[status] ?? 'unknown', head);
    response.end(body);
  }
}

/**
 * `Origin` is for the CORS middleware, a project of the caller's choice and a session have to be looked up, and the rest is for
 * whoever reads a body or speaks another protocol.
 */
const LEFT_TO_EXPRESS = [
  'origin',
  'x-project',
  'cookie',
  'expect',
  'upgrade',
  'transfer-encoding',
  'content-encoding',
] as const;

/** Puts a fast path in front of an app's ordinary way. To be called once, with the options of {@link configureHttp}. */
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
