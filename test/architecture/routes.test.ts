import type { INestApplication } from '@nestjs/common';
import { SCOPES } from '../../src/modules/auth/index.js';
import { controllersOf, previewApi, type Route, routesOf } from './api.js';
import { listSources } from './tree.js';

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
});
