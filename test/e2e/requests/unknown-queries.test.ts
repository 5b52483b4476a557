import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ApiBody } from '../../support/api-client.js';
import {
  callsOf,
  exampleOf,
  fillPath,
  type OpenApiCall,
  type OpenApiPaths,
} from '../../support/openapi-calls.js';
import { ADMIN_KEY, type Stage, startStage } from '../stage.js';

const DOCUMENT = JSON.parse(readFileSync(join('openapi.json'), 'utf8')) as OpenApiPaths;
/** Routes that monitors, identity providers and OpenAI clients call with their own parameters. */
const TOLERANT = ['/health', '/openai/v1/', '/auth/callback'];
const UNKNOWN = { pointer: '/surprise', message: 'is not a known query parameter' };

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

function isTolerant({ route }: OpenApiCall): boolean {
  return TOLERANT.some((prefix) => route.startsWith(prefix));
}

/** Sends a request in which only the query is wrong. */
async function send(call: OpenApiCall, query: string): Promise<{ status: number; body: ApiBody }> {
  const path = fillPath(call, (parameter) => {
    if (parameter.in === 'query') return undefined;
    return parameter.name.endsWith('_id') ? randomUUID() : (exampleOf(parameter) ?? 'some');
  });
  const response = await fetch(stage.ledger.url + path + query, {
    method: call.method,
    headers: { 'x-api-key': ADMIN_KEY },
    redirect: 'manual',
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as ApiBody) : {} };
}

const takesQuery = ({ operation: { parameters = [] } }: OpenApiCall) =>
  parameters.some((parameter) => parameter.in === 'query');
const strict = callsOf(DOCUMENT).filter((call) => !isTolerant(call));
const names = (calls: OpenApiCall[]) => calls.map((call) => [call.name, call] as const);

it.each(names(strict.filter((call) => !takesQuery(call))))(
  '%s, which takes no query, refuses one',
  async (_name, call) => {
    const { status, body } = await send(call, '?surprise=1&surprise=2');
    expect([status, body['code'], body['errors']]).toEqual([400, 'VALIDATION_FAILED', [UNKNOWN]]);
  },
);

it.each(names(strict.filter((call) => takesQuery(call))))(
  '%s refuses what its query does not have',
  async (_name, call) => {
    const { status, body } = await send(call, '?surprise=1');
    expect([status, body['code']]).toEqual([400, 'VALIDATION_FAILED']);
    expect(body['errors']).toContainEqual(UNKNOWN);
  },
);

it.each(names(callsOf(DOCUMENT).filter((call) => isTolerant(call) && call.method === 'GET')))(
  '%s is answered as without a query of others',
  async (_name, call) => {
    expect((await send(call, '?surprise=1')).status).toBe((await send(call, '')).status);
  },
);

it.each(['/', '/app', '/docs', '/openapi.json', '/metrics'])('%s ignores a query', async (path) => {
  const url = stage.ledger.url + path;
  const asked = { headers: { accept: 'text/html' }, redirect: 'manual' } as const;
  const queries = ['', '?utm_source=mail&t=1'];
  const [plain, queried] = await Promise.all(queries.map((query) => fetch(url + query, asked)));
  expect(queried?.status).toBe(plain?.status);
  expect(queried?.status).toBeLessThan(400);
});
