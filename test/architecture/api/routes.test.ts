import type { INestApplication } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { REPEATABLE_POSTS, getRepeating } from '../../../sdk/src/core/wire/repeating.js';
import { SCOPES, SCOPES_OVER_PROMPTS } from '../../../src/modules/auth/index.js';
import { controllersOf, previewApi, type Route, routesOf } from './api.js';
import { listSources, ROOT } from '../tree.js';

interface OpenApiDocument {
  readonly paths: Readonly<
    Record<string, { readonly post?: { readonly parameters?: readonly { readonly name: string }[] } }>
  >;
}

describe('the routes', () => {
  let app: INestApplication;
  let routes: readonly Route[];

  beforeAll(async () => {
    app = await previewApi();
    routes = routesOf(app);
  });

  it('are those of every controller in the sources', () => {
    const files = listSources().filter((file) => file.endsWith('.controller.ts'));
    expect(files).not.toEqual([]);
    expect(controllersOf(app)).toHaveLength(files.length);
  });

  it('all say who may call them', () => {
    expect(routes.filter(({ access }) => access === undefined)).toEqual([]);
  });

  it('ask for scopes that exist, and for one at least, but for what says where a request may go', () => {
    const known: readonly string[] = SCOPES;
    const asked = routes.flatMap(({ name, access }) =>
      access?.kind === 'key' ? [{ name, scopes: access.scopes }] : [],
    );
    expect(asked.filter(({ scopes }) => !scopes.every((scope) => known.includes(scope)))).toEqual([]);
    expect(asked.filter(({ scopes }) => scopes.length === 0).map(({ name }) => name)).toEqual([
      'MeController.get',
      'ModelsController.list',
      'RoutesController.list',
      'RoutesController.get',
      'OpenAiController.listModels',
      'OpenAiController.getModel',
    ]);
  });

  it('ask over the prompts of a team for all that a team can give', () => {
    const asked = routes.flatMap(({ access }) =>
      access?.kind === 'key' && access.orOverTeam === true ? access.scopes : [],
    );
    expect([...new Set(asked)].sort()).toEqual([...SCOPES_OVER_PROMPTS].sort());
  });

  it('need a key or a session, but for those of health and those that open and end a session', () => {
    const open = routes.filter(({ access }) => access?.kind === 'public').map(({ name }) => name);
    expect(open).not.toEqual([]);
    expect(open.filter((name) => !name.startsWith('HealthController.'))).toEqual([
      'SessionsController.open',
      'SessionsController.end',
      'SignInController.begin',
      'SignInController.finish',
    ]);
  });

  /** Whether a client may repeat it: the document declares it, the server honours it, and the SDK relies on it. */
  describe('that are POSTs', () => {
    const { paths } = JSON.parse(readFileSync(path.join(ROOT, 'openapi.json'), 'utf8')) as OpenApiDocument;
    const posts = Object.entries(paths).flatMap(([route, { post }]) =>
      post === undefined ? [] : [{ route, post }],
    );
    const declared = posts
      .filter(({ post }) => post.parameters?.some(({ name }) => name === 'Idempotency-Key'))
      .map(({ route }) => route)
      .sort();

    it('keep an Idempotency-Key where the document declares the header, and nowhere else', () => {
      const keyed = routes.filter(({ isKeyed }) => isKeyed).map(({ at }) => at);
      expect(declared).not.toEqual([]);
      expect(keyed.sort()).toEqual(declared.map((route) => `POST ${route}`));
      const all = routes.map(({ at }) => at).filter((at) => at.startsWith('POST '));
      expect(all.sort()).toEqual(posts.map(({ route }) => `POST ${route}`).sort());
    });

    it('are sent again by the SDK under a key where the ledger keeps one, and nowhere else', () => {
      const sent = posts.filter(({ route }) => getRepeating('POST', exampleOf(route)) === 'keyed');
      expect(sent.map(({ route }) => route).sort()).toEqual(declared);
    });

    it('have their names in the SDK', () => {
      const known = posts.map(({ route }) => route);
      expect(Object.keys(REPEATABLE_POSTS).filter((route) => !known.includes(route))).toEqual([]);
      for (const route of known) {
        expect([route, getRepeating('POST', exampleOf(route))]).toEqual([
          route,
          REPEATABLE_POSTS[route] ?? 'again',
        ]);
      }
    });
  });
});

/** The path as the SDK sends it. */
function exampleOf(route: string): string {
  return route.replace(/\{\w+\}/g, encodeURIComponent('team/a:b'));
}
