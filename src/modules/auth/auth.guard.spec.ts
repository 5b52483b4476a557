import 'reflect-metadata';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Role } from '../../entities/index.js';
import { AuthGuard } from './auth.guard.js';
import { config, KEY_ID, owner, setUp } from './authentication/authenticator.testkit.js';
import type { AuthenticatedRequest, Caller, CallerSession } from './caller.js';
import { ForbiddenError, UnauthorizedError } from './errors.js';
import { InstanceAdmin, Public, Scopes, ScopesOverPrompt, SignedIn } from './roles/route-access.js';
import { NoProjectError } from './sessions/errors.js';
import type { SessionAuthenticator } from './sessions/session-authenticator.js';
import { toPersonCaller } from './sessions/session-caller.js';

class Routes {
  @Public() open(): void {}
  @InstanceAdmin() instance(): void {}
  @Scopes('prompts:write') write(): void {}
  @Scopes() anyKey(): void {}
  @ScopesOverPrompt('prompts:write') writeOne(): void {}
  @SignedIn() me(): void {}
  undeclared(): void {}
}

@Scopes('prompts:write')
class WrittenRoutes {
  inherited(): void {}
  @Public() open(): void {}
}

/** No scope would grant access. */
const NO_SCOPES = { missing_scopes: [] };

const SESSION: CallerSession = { sessionId: 's', csrfToken: 't', person: null };

/** Creates a signed-in person; null for a person without a project. */
function person(role: 'viewer' | 'editor' | null, teams: Record<string, 'editor'> = {}): Caller | null {
  if (role === null) return null;
  const member = { projectId: 'p', name: 'shop', role, teamRoles: new Map(Object.entries(teams)) };
  const record = {
    sessionId: 's',
    kind: 'person',
    keyId: null,
    credentialHmac: null,
    userId: 'ada',
    userName: 'Ada',
    email: null,
    isDisabled: false,
    memberships: [],
  } as const;
  return toPersonCaller(record, member, null);
}

/** Sends a request to a route. With `session`, its cookie belongs to that caller. */
function send(
  route: object,
  request: { headers?: Record<string, string>; ip?: string; session?: Caller | null },
  { authenticator }: Pick<ReturnType<typeof setUp>, 'authenticator'> = setUp(),
  controller: object = Routes,
) {
  const { headers = {}, ip, session } = request;
  const sent = { headers, ip } as unknown as AuthenticatedRequest;
  const sessions = {
    carriesSession: () => session !== undefined,
    authenticate: () => Promise.resolve({ caller: session, session: SESSION }),
  };
  const context = {
    getHandler: () => route,
    getClass: () => controller,
    switchToHttp: () => ({ getRequest: () => sent }),
  };
  const guard = new AuthGuard(new Reflector(), authenticator, sessions as unknown as SessionAuthenticator);
  return { sent, answer: guard.canActivate(context as unknown as ExecutionContext) };
}

const { open, instance, write, anyKey, writeOne, me, undeclared } = Routes.prototype;
const byAdmin = { headers: { 'x-api-key': config.env.API_KEY } };

describe('a route that is public', () => {
  it.each([
    ['by itself', open, Routes],
    ['though its controller is not', WrittenRoutes.prototype.open, WrittenRoutes],
  ])('%s lets everybody in, and asks nobody who they are', async (_what, route, controller) => {
    const { sent, answer } = send(route, {}, undefined, controller);
    expect(await answer).toBe(true);
    expect(sent.caller).toBeUndefined();
  });
});

describe('a route that declares nothing', () => {
  it('is closed to everybody, the admin of the instance too', async () => {
    const refusal = { message: 'This route is closed: it declares no scopes.', extensions: NO_SCOPES };
    await expect(send(undeclared, byAdmin).answer).rejects.toMatchObject(refusal);
    await expect(send(undeclared, { session: person('editor') }).answer).rejects.toMatchObject(refusal);
  });

  it('says no more to somebody without a key or a project', async () => {
    await expect(send(undeclared, {}).answer).rejects.toThrow(UnauthorizedError);
    await expect(send(undeclared, { session: null }).answer).rejects.toThrow(NoProjectError);
  });
});

describe('a route of the instance', () => {
  it('lets its admin in', async () => {
    const { sent, answer } = send(instance, byAdmin);
    expect(await answer).toBe(true);
    expect(sent.caller).toMatchObject({ kind: 'instance' });
  });

  it('refuses a key with every scope, and a person', async () => {
    const refusal = {
      code: 'FORBIDDEN',
      message: 'This call is for the admin of the instance; it needs the key in API_KEY.',
      extensions: NO_SCOPES,
    };
    const stage = setUp({ role: 'admin', scopes: [] });
    const headers = { 'x-api-key': stage.key };
    await expect(send(instance, { headers }, stage).answer).rejects.toMatchObject(refusal);
    await expect(send(instance, { session: person('editor') }).answer).rejects.toMatchObject(refusal);
    await expect(send(instance, { session: null }).answer).rejects.toThrow(NoProjectError);
  });
});

describe('a route for a key', () => {
  it('gets the caller with the address the request came from', async () => {
    const stage = setUp({ scopes: ['prompts:write'] });
    const headers = { 'x-api-key': stage.key };
    for (const [route, controller] of [
      [write, Routes],
      [anyKey, Routes],
      [me, Routes],
      [WrittenRoutes.prototype.inherited, WrittenRoutes],
    ] as const) {
      const { sent, answer } = send(route, { headers, ip: '10.0.0.1' }, stage, controller);
      expect(await answer).toBe(true);
      expect(sent.caller).toMatchObject({ keyId: KEY_ID, origin: '10.0.0.1' });
      expect(sent.session).toBeUndefined();
    }
    const { sent, answer } = send(anyKey, { headers }, stage);
    expect(await answer).toBe(true);
    expect(sent.caller).toMatchObject({ origin: null });
  });

  it.each([
    ['one', write, Routes],
    ['one, as its controller says', WrittenRoutes.prototype.inherited, WrittenRoutes],
    ['one over a prompt', writeOne, Routes],
  ])('asks for its scopes: %s', async (_what, route, controller) => {
    const stage = setUp({ scopes: ['prompts:read'] });
    const { sent, answer } = send(route, { headers: { 'x-api-key': stage.key } }, stage, controller);
    await expect(answer).rejects.toEqual(new ForbiddenError(['prompts:write']));
    expect(sent.caller).toBeUndefined();
    await expect(send(route, {}, stage, controller).answer).rejects.toThrow(UnauthorizedError);
  });

  it('takes a scope over the prompts of one team where it says so, and nowhere else', async () => {
    const stage = setUp({
      role: 'editor',
      scopes: [],
      owner: owner({ role: 'viewer', teamRoles: new Map<string, Role>([['search', 'editor']]) }),
    });
    const headers = { 'x-api-key': stage.key };
    expect(await send(writeOne, { headers }, stage).answer).toBe(true);
    await expect(send(write, { headers }, stage).answer).rejects.toEqual(
      new ForbiddenError(['prompts:write']),
    );
  });
});

describe('a request with a session', () => {
  it('is one of the person, in a route for keys', async () => {
    for (const route of [write, anyKey, writeOne, me]) {
      const caller = person('editor');
      const { sent, answer } = send(route, { session: caller });
      expect(await answer).toBe(true);
      expect(sent).toMatchObject({ caller, session: SESSION });
    }
  });

  it('needs the scopes of the route', async () => {
    const refusal = new ForbiddenError(['prompts:write']);
    for (const route of [write, writeOne]) {
      const { sent, answer } = send(route, { session: person('viewer') });
      await expect(answer).rejects.toEqual(refusal);
      expect(sent.caller).toBeUndefined();
    }
    const ofTeam = { session: person('viewer', { search: 'editor' }) };
    expect(await send(writeOne, ofTeam).answer).toBe(true);
    await expect(send(write, ofTeam).answer).rejects.toEqual(refusal);
  });

  it('of a person without a project is let in where that will do, and nowhere else', async () => {
    const { sent, answer } = send(me, { session: null });
    expect(await answer).toBe(true);
    expect(sent.caller).toBeUndefined();
    expect(sent.session).toBe(SESSION);
    for (const route of [write, anyKey, writeOne]) {
      await expect(send(route, { session: null }).answer).rejects.toThrow(NoProjectError);
    }
  });
});
