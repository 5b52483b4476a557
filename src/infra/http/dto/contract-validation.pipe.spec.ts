import request from 'supertest';
import { startHttpTestApp } from '../server/http.testkit.js';
import type { HttpTestApp } from '../server/http.testkit.js';

describe('the input of routes', () => {
  let server: HttpTestApp;
  beforeAll(async () => {
    server = await startHttpTestApp();
  });
  afterAll(() => server.stop());

  const http = () => request(server.url);
  const put = (body: string | object) =>
    http().put('/v1/things/a').set('Content-Type', 'application/json').send(body);
  const valid = { name: 'a', environment: 'dev' };
  const errorsOf = async (body: object) => {
    const answer = await put(body);
    expect(answer.body).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    return answer.body.errors as unknown;
  };

  it('become instances of their DTO classes, with the defaults of what is left out', async () => {
    const answer = await put({ ...valid, git: { commit: 'c' } });
    expect(answer.body).toMatchObject({
      isThing: true,
      body: { count: 7, git: { commit: 'c' } },
      variablesJson: null,
    });
  });

  it('keep free-form variables as they came, and their source', async () => {
    const variables =
      '{ "constructor": {"prototype": 1},"10":1, "2":[ {"then":null,"toJSON":"x"} ], "n":1.50 }';
    const answer = await put(`{"name":"a","environment":"dev","variables": ${variables} }`);
    expect(answer.status).toBe(200);
    expect(answer.body.body.variables).toEqual(JSON.parse(variables));
    expect(answer.body.variablesJson).toBe(variables);
  });

  it('name each unknown field, nested ones too', async () => {
    const body = {
      ...valid,
      'x/y': 1,
      constructor: 1,
      git: { commit: 'c', é: 1 },
      entries: [{ name: 'n' }, { name: 'n', z: 1 }],
    };
    expect(await errorsOf(body)).toEqual(
      ['/x~1y', '/constructor', '/git/é', '/entries/1/z'].map((pointer) => ({
        pointer,
        message: 'is not a known field',
      })),
    );
  });

  it.each([
    [{ environment: 'dev' }, '/name', 'is required'],
    [{ ...valid, name: 5 }, '/name', 'must be 1 to 200 characters of letters, digits, "_", "-", "." and "/"'],
    [
      { ...valid, name: 'ünïcode' },
      '/name',
      'must be 1 to 200 characters of letters, digits, "_", "-", "." and "/"',
    ],
    [{ ...valid, environment: 'prod' }, '/environment', 'must be one of dev, staging'],
    [{ ...valid, count: '7' }, '/count', 'must be an integer number'],
    [{ ...valid, count: -1 }, '/count', 'must not be less than 0'],
    [{ ...valid, count: null }, '/count', 'must be an integer number'],
    [{ ...valid, variables: [] }, '/variables', 'must be an object'],
    [{ ...valid, variables: 'x' }, '/variables', 'must be an object'],
    [{ ...valid, git: [] }, '/git', 'must be a JSON object'],
    [{ ...valid, git: 'main' }, '/git', 'must be a JSON object'],
    [{ ...valid, git: {} }, '/git/commit', 'is required'],
    [{ ...valid, entries: { name: 'n' } }, '/entries', 'must be an array'],
    [{ ...valid, entries: [{ name: 'n' }, null] }, '/entries/1', 'must be a JSON object'],
    [{ ...valid, entries: [{ name: 'n' }, { name: '' }] }, '/entries/1/name', /^must be 1 to 200/],
    [{ ...valid, tags: 'docs' }, '/tags', 'must be an array'],
    [{ ...valid, tags: ['a', 1] }, '/tags/1', 'must be a string'],
    [{ ...valid, tags: ['a', 'b', 'toolong'] }, '/tags/2', /^must be longer than or equal to 1 and shorter/],
    [{ ...valid, tags: { a: 'docs' } }, '/tags', 'must be an array'],
    [{ ...valid, git: 0 }, '/git', 'must be a JSON object'],
    [[], '', 'must be a JSON object'],
  ])('are refused: %j', async (body, pointer, message) => {
    expect(await errorsOf(body)).toEqual([
      { pointer, message: typeof message === 'string' ? message : expect.stringMatching(message) },
    ]);
  });

  it('name a long array rather than its elements', async () => {
    const tags = [...Array<string>(5000).fill('a'), 'too long'];
    expect(await errorsOf({ ...valid, tags })).toEqual([
      { pointer: '/tags', message: 'each value must be shorter than or equal to 5 characters' },
    ]);
  });

  it('are refused by the bound of an array before its elements are looked at', async () => {
    const error = (pointer: string) => [{ pointer, message: 'must contain no more than 10000 elements' }];
    expect(await errorsOf({ ...valid, entries: Array(10_001).fill({}) })).toEqual(error('/entries'));
    expect(await errorsOf({ ...valid, tags: Array(10_001).fill(1) })).toEqual(error('/tags'));
  });

  it('may be null where the DTO says optional', async () => {
    expect((await put({ ...valid, git: null, variables: null })).status).toBe(200);
  });

  it('are required', async () => {
    const answer = await http().put('/v1/things/a');
    expect(answer.body.errors).toEqual([{ pointer: '', message: 'must be a JSON object' }]);
    expect((await put('"text"')).body.errors).toEqual([{ pointer: '', message: 'must be a JSON object' }]);
  });

  it('have at most a thousand faults listed, one for each entry of the largest batch', async () => {
    expect(await errorsOf({ ...valid, entries: Array(1100).fill({}) })).toHaveLength(1000);
  });

  describe('in the query', () => {
    const list = (query: string) => http().get(`/v1/things${query}`);

    it('have defaults and are converted', async () => {
      expect((await list('')).body).toEqual({ limit: 50 });
      expect(
        (await list('?limit=200&cursor=abc&q=5&created_after=2026-01-31T12:00:00%2B02:00')).body,
      ).toEqual({
        limit: 200,
        cursor: 'abc',
        q: '5',
        created_after: '2026-01-31T10:00:00.000Z',
      });
    });

    it.each([
      ['?limit=abc', '/limit', 'must be an integer number'],
      ['?limit=', '/limit', 'must be an integer number'],
      ['?limit=1e2', '/limit', 'must be an integer number'],
      ['?limit=0', '/limit', 'must not be less than 1'],
      ['?limit=201', '/limit', 'must not be greater than 200'],
      ['?limit=1&limit=2', '/limit', 'must be an integer number'],
      ['?cursor=a&cursor=b', '/cursor', 'must be a string'],
      ['?created_after=yesterday', '/created_after', /^must be an RFC 3339 time/],
      ['?created_after=2026-01-31T12:00:00+02:00', '/created_after', /^must be an RFC 3339 time/],
      ['?q=a%00b', '/q', 'holds a NUL character'],
      ['?Q=1', '/Q', 'is not a known query parameter'],
      ['?__proto__=1', '/__proto__', 'is not a known query parameter'],
      ['?q[a]=1', '/q[a]', 'is not a known query parameter'],
    ])('are refused: %s', async (query, pointer, message) => {
      const answer = await list(query);
      expect(answer.body).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
      expect(answer.body.errors).toEqual([
        { pointer, message: typeof message === 'string' ? message : expect.stringMatching(message) },
      ]);
    });
  });

  describe('in the path', () => {
    const id = '019A0B1C-2d3e-7f40-8a5b-6c7d8e9f0a1b';

    it('are decoded and converted', async () => {
      expect((await http().get('/v1/things/team%2Fname.v-1_x/versions/12')).body).toEqual({
        name: 'team/name.v-1_x',
        n: 12,
      });
      expect((await http().get(`/v1/ids/${id}`)).body).toEqual({ id: id.toLowerCase() });
      expect((await http().get('/v1/models/gpt%2F4%C3%A9')).body).toEqual({ model: 'gpt/4é' });
    });

    it.each([
      ['/v1/things/a%20b/versions/1', '/name'],
      ['/v1/things/%C3%A9/versions/1', '/name'],
      ['/v1/things/a%00/versions/1', '/name'],
      [`/v1/things/${'a'.repeat(201)}/versions/1`, '/name'],
      ['/v1/things/a/versions/0', '/n'],
      ['/v1/things/a/versions/01', '/n'],
      ['/v1/things/a/versions/1.5', '/n'],
      ['/v1/things/a/versions/2147483648', '/n'],
      ['/v1/things/a/versions/latest', '/n'],
      ['/v1/ids/1', '/id'],
      [`/v1/ids/${id}0`, '/id'],
      [`/v1/ids/%7B${id}%7D`, '/id'],
      ['/v1/models/a%00', '/model'],
    ])('are refused: %.60s', async (path, pointer) => {
      const answer = await http().get(path);
      expect(answer.body).toMatchObject({ status: 400, code: 'VALIDATION_FAILED', errors: [{ pointer }] });
    });
  });
});
