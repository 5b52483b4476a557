import type { Request } from 'express';
import { getCanonicalPath } from './canonical-path.js';

const of = (path: string | undefined, params: object = {}, originalUrl = '/as/sent') =>
  getCanonicalPath({
    route: path === undefined ? undefined : { path },
    params,
    originalUrl,
  } as unknown as Request);

describe('canonicalPathOf', () => {
  it.each([
    ['/v1/executions\\:run', {}, '/v1/executions:run'],
    ['/openai/v1/chat/completions', {}, '/openai/v1/chat/completions'],
    ['/v1/prompts/:name/execute', { name: 'WELCOME' }, '/v1/prompts/WELCOME/execute'],
    [
      '/v1/prompts/:name/execute',
      { name: 'team/a b?#%é' },
      '/v1/prompts/team%2Fa%20b%3F%23%25%C3%A9/execute',
    ],
    ['/v1/batches/:batch_id\\:cancel', { batch_id: '1' }, '/v1/batches/1:cancel'],
    ['/v1/a/:x/:y', { x: ':y', y: '$1' }, '/v1/a/%3Ay/%241'],
    ['/openai/v1/models/*model', { model: ['openai', 'gpt 4'] }, '/openai/v1/models/openai/gpt%204'],
  ])('fills %s in with %j', (pattern, params, path) => {
    expect(of(pattern, params)).toBe(path);
  });

  it.each([
    ['/as/sent?x=1', '/as/sent'],
    ['http://host:8000/as/sent?x', '/as/sent'],
    ['HTTPS://host/as/sent', '/as/sent'],
  ])('is the path of %s where no route is known', (url, path) => {
    expect(of(undefined, {}, url)).toBe(path);
  });
});
