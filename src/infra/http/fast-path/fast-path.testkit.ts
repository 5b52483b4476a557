import { Body, Controller, Get, HttpCode, Module, Param, Post, Req } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Request } from 'express';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { LedgerError } from '../../../kernel/index.js';
import { startHttpTestApp, ThingDto, type HttpTestApp } from '../server/http.testkit.js';
import { JsonSource, openFastPath, PromptNamePipe, RawAnswer, type HttpOptions } from '../index.js';

/** Which way has authenticated callers since the last look: the guard of the ordinary way, or the fast path. */
export const asked: ('guard' | 'fast path')[] = [];

/** The handler for the next request either way, if the test sets one. */
export const handler: { next: (() => unknown) | null } = { next: null };

interface LaneCaller {
  readonly name: string;
  readonly address: string | null;
}

class KeyError extends LedgerError {
  constructor(status: number) {
    super({
      code: 'KEY',
      status,
      title: 'No',
      detail: 'Not so.',
      headers: { 'WWW-Authenticate': 'Bearer realm="x"' },
    });
  }
}

/** Answers at once for a known caller. The caller `new` has to be looked up. */
function authorize(headers: IncomingHttpHeaders, address: string | null): LaneCaller | Promise<LaneCaller> {
  const key = headers['x-api-key'];
  const caller = { name: 'somebody', address };
  if (key === 'strong') return caller;
  if (key === 'new') return Promise.resolve(caller);
  return Promise.reject(new KeyError(key === 'weak' ? 403 : 401));
}

class KeyGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    asked.push('guard');
    const request = context.switchToHttp().getRequest<Request & { caller?: LaneCaller }>();
    request.caller = await authorize(request.headers, request.ip ?? null);
    return true;
  }
}

function serve(caller: LaneCaller, body: ThingDto, variablesJson: string | null): RawAnswer {
  const special = handler.next?.();
  if (special instanceof RawAnswer) return special;
  const text = JSON.stringify({ caller, body, isThing: body instanceof ThingDto, variablesJson });
  return RawAnswer.json(202, text, { Location: '/v1/things/ä'.replace('ä', '%C3%A4') });
}

@Controller('v1')
class LaneController {
  @Post('thing\\:run')
  @HttpCode(200)
  async run(
    @Req() request: { caller: LaneCaller },
    @Body() body: ThingDto,
    @JsonSource('variables') variablesJson: string | null,
  ): Promise<RawAnswer> {
    return serve(request.caller, body, variablesJson);
  }

  @Get('thing/:name')
  async read(@Param('name', PromptNamePipe) name: string): Promise<RawAnswer> {
    return RawAnswer.json(200, Buffer.from(JSON.stringify({ name })));
  }
}

@Module({ controllers: [LaneController], providers: [{ provide: APP_GUARD, useClass: KeyGuard }] })
class LaneModule {}

const NAME = /^\/v1\/thing\/((?:[\w.-]|%2F)+)$/;

/** Starts an app whose two routes are served both ways. */
export function startLaneTestApp(options: Partial<HttpOptions> = {}): Promise<HttpTestApp> {
  return startHttpTestApp(options, LaneModule, (app, all) => {
    openFastPath(app, all, (headers, address) => {
      asked.push('fast path');
      return authorize(headers, address);
    })
      .add({
        method: 'POST',
        path: '/v1/thing\\:run',
        match: (path) => (path === '/v1/thing:run' ? true : null),
        scopes: [],
        dto: ThingDto,
        handle: async ({ caller, body, text }) => serve(caller, body, text?.findSource('variables') ?? null),
      })
      .add({
        method: 'GET',
        path: '/v1/thing/:name',
        match: (path) => NAME.exec(path)?.[1]?.replaceAll('%2F', '/') ?? null,
        scopes: [],
        dto: null,
        handle: ({ params: name }) => RawAnswer.json(200, Buffer.from(JSON.stringify({ name }))),
      });
  });
}

export interface LaneRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | null;
}

export const THING = '{"name":"a/b","environment":"dev","variables":{"10":1,"2":9007199254740993}}';

/** Returns the bytes of the request on the wire. With `isLast`, the request also asks to close the connection. */
export function bytesOf(request: LaneRequest, isLast = true): Buffer {
  const { method = 'POST', path = '/v1/thing:run', headers = {}, body = THING } = request;
  const all: Record<string, string> = {
    Host: 'fast path',
    'X-Api-Key': 'strong',
    'X-Request-Id': 'req-1',
    ...(body === null ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
    ...headers,
    ...(isLast ? { Connection: 'close' } : {}),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`),
    Buffer.from(body ?? ''),
  ]);
}

/** Returns everything that the server writes until it closes, with the date and random ids masked. */
export async function exchange(port: number, bytes: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  const answer = await readText(socket);
  return answer
    .replaceAll(/^Date: .*$/gm, 'Date: then')
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'a random id');
}
