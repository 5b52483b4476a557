import { type Role, ROLES } from '../../../src/entities/index.js';
import { scopesForRole } from '../../../src/modules/auth/index.js';
import {
  bodyOf,
  callsOf,
  exampleOf,
  fillPath,
  type OpenApiCall,
  type OpenApiPaths,
} from '../../support/openapi-calls.js';
import { type LeastRole, ROUTE_MATRIX } from '../../support/route-matrix.js';
import { memberClient } from '../people.js';
import { ADMIN_KEY, type Stage, startStage, UNKNOWN_ID } from '../stage.js';

/** From the least to the most; each may call what the previous ones may. */
const CALLERS = ['anyone', 'any key', ...ROLES, 'instance'] as const satisfies readonly LeastRole[];

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> | null;
}

let stage: Stage;
let calls: readonly OpenApiCall[];
const keys = new Map<LeastRole, string | null>([
  ['anyone', null],
  ['instance', ADMIN_KEY],
]);

beforeAll(async () => {
  stage = await startStage();
  for (const role of ROLES) keys.set(role, (await memberClient(stage, role)).key);
  // No route needs this scope.
  const { key } = await memberClient(stage, 'admin', { scopes: ['traces:read'] });
  keys.set('any key', key);
  calls = callsOf((await stage.admin.get<OpenApiPaths>('/openapi.json')).body);
});
afterAll(() => stage.close());

/** Sends the route's own example with ids that do not exist, so that permitted calls do little. */
async function send(call: OpenApiCall, caller: LeastRole): Promise<Answer> {
  const key = keys.get(caller);
  const example = bodyOf(call, ADMIN_KEY);
  const path = fillPath(call, (parameter) =>
    parameter.in === 'path' ? (exampleOf(parameter) ?? UNKNOWN_ID) : exampleOf(parameter),
  );
  const response = await fetch(`${stage.ledger.url}${path}`, {
    method: call.method,
    headers: {
      ...(key == null ? {} : { 'x-api-key': key }),
      ...(example === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(example === undefined ? {} : { body: JSON.stringify(example) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : null,
  };
}

const isAtLeast = (caller: LeastRole, least: LeastRole) => CALLERS.indexOf(caller) >= CALLERS.indexOf(least);

it('has a line for every route, and none for another', () => {
  expect(Object.keys(ROUTE_MATRIX).sort()).toEqual(calls.map(({ name }) => name).sort());
});

describe.each(CALLERS)('the route matrix, for %s', (caller) => {
  it('opens what it says', async () => {
    const wrong: unknown[] = [];
    for (const call of calls.filter(({ name }) => isAtLeast(caller, ROUTE_MATRIX[name] ?? 'instance'))) {
      const answer = await send(call, caller);
      if ([401, 403].includes(answer.status) || answer.status >= 500) wrong.push([call.name, answer]);
    }
    expect(wrong).toEqual([]);
  });

  it('closes everything else, and says which scope is missing', async () => {
    const wrong: unknown[] = [];
    for (const call of calls) {
      const least = ROUTE_MATRIX[call.name] ?? 'anyone';
      if (isAtLeast(caller, least)) continue;
      const answer = await send(call, caller);
      if (!isRefusal(answer, caller, least)) wrong.push([call.name, answer]);
    }
    expect(wrong).toEqual([]);
  });
});

function isRefusal(answer: Answer, caller: LeastRole, least: LeastRole): boolean {
  if (caller === 'anyone') return answer.status === 401;
  if (answer.status !== 403) return false;
  if (least === 'instance') return String(answer.body?.['detail']).includes('API_KEY');
  const missing: unknown = answer.body?.['missing_scopes'];
  // Routes of another API use its clients' error format, and name the scope in the message.
  if (!Array.isArray(missing)) return JSON.stringify(answer.body).includes('scope');
  const given = new Set<unknown>(caller === 'any key' ? [] : scopesForRole(caller as Role));
  const wanted = new Set<unknown>(scopesForRole(least as Role));
  return missing.length > 0 && missing.every((scope) => wanted.has(scope) && !given.has(scope));
}
