import type { ApiBody, ApiResponse } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import {
  bodyOf,
  bodyWith,
  callsOf,
  exampleOf,
  fillPath,
  type OpenApiCall,
  type OpenApiPaths,
  type Parameter,
  rankCall,
  rememberIds,
} from '../../support/openapi-calls.js';
import { ROUTE_MATRIX } from '../../support/route-matrix.js';
import { expectMade, type KeyClient, makeProject } from '../people.js';
import { ADMIN_KEY, type Stage, startStage, UNKNOWN_ID } from '../stage.js';

/** Both projects have the catalogue, but only the first one allows this model. */
const ONLY_MODEL = 'only-there';
const ABSENT_MODEL = 'not-anywhere';
/** Would end what the other project is asked for, or make it change on its own. */
const ENDS =
  /^DELETE |:(?:cancel|retire|migrate-to-full|rotate|approve|reject|withdraw|apply|rollback|dismiss|restore|stop|resume|roll-back)$/;
/** A put under a name always creates a thing of the caller's own project, whatever others have under that name. */
const MAKES_ITS_OWN = [
  'PUT /v1/prompts/{name}',
  'PUT /v1/models/{provider}/{model_name}',
  'PUT /v1/routes/{name}',
  'PUT /v1/teams/{name}',
  'PUT /v1/secrets/{provider}',
  'PUT /v1/environments/{name}',
  'PUT /v1/datasets/{name}',
  'PUT /v1/scorers/{name}',
  'PUT /v1/snippets/{name}',
];
/** These do so by names in their bodies. */
const MAKES_ITS_OWN_BY_BODY = ['POST /v1/prompts/register-code', 'POST /v1/executions:record'];

let stage: Stage;
let calls: readonly OpenApiCall[];
let foreign: KeyClient;
const ids = new Map<string, string>();

beforeAll(async () => {
  stage = await startStage();
  calls = callsOf((await stage.admin.get<OpenApiPaths>('/openapi.json')).body);
  expectMade(await stage.admin.put(`/v1/models/openai/${ONLY_MODEL}`, {}), 200);
  expectMade(
    await stage.admin.put('/v1/scorers/helpful', { kind: 'human', labels: { good: true, bad: false } }),
    200,
  );
  // There must be two versions, so that one can be rolled out.
  await stage.admin.put('/v1/prompts/doc_summarizer', { template_source: 'Before: {{text}}' });
  const making = calls.filter(({ method, name }) => method !== 'GET' && !ENDS.test(name));
  for (const call of [...making].sort((a, b) => rankCall(a) - rankCall(b))) {
    const url = fillPath(call, (one) => exampleOf(one) ?? ids.get(one.name));
    const answer = await send(ADMIN_KEY, call, url, bodyWith(call, ids, ADMIN_KEY));
    if (answer.status >= 300) throw new Error(`${call.name}: ${JSON.stringify(answer.body)}`);
    rememberIds(answer.body, ids);
  }
  // No request makes a suggestion: the ledger finds it in a version.
  const faulty = { template_source: 'Translate {{text}} into French and keep the line breaks.' };
  const name = '/v1/prompts/doc_summarizer';
  expectMade(await stage.admin.put(name, faulty), 200);
  const versions = await stage.admin.get<{ version_number: number }[]>(`${name}/versions`);
  const newest = versions.body[0]?.version_number ?? 0;
  const found = await stage.admin.get(`${name}/suggestions?version_number=${newest}`);
  const [suggestion] = found.body['suggestions'] as { suggestion_id: string }[];
  ids.set('suggestion_id', suggestion?.suggestion_id ?? '');
  // Work in progress would change things by itself.
  await eventually(async () => (await stage.sql('SELECT FROM executions_in_flight')).length === 0);
  await eventually(async () => {
    const running = await stage.sql(`SELECT FROM experiments WHERE status IN ('queued', 'running')`);
    return running.length === 0;
  });
  foreign = (await makeProject(stage)).admin;
});
afterAll(() => stage.close());

async function send(
  key: string,
  { method }: OpenApiCall,
  url: string,
  body: unknown,
): Promise<Pick<ApiResponse<ApiBody>, 'status' | 'body'>> {
  const response = await fetch(`${stage.ledger.url}${url}`, {
    method,
    headers: {
      'x-api-key': key,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // An export has a document on each line.
  const isDocument = /^application\/(?:\w+\+)?json\b/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, body: (isDocument ? JSON.parse(text) : { text }) as ApiBody };
}

/** Returns two values for the parameter: one of the other project, and one that does not exist. */
function valuesOf({ name, ...one }: Parameter): readonly [there: string, nowhere: string] {
  const id = ids.get(name);
  if (id !== undefined) return [id, UNKNOWN_ID];
  if (name === 'model_name') return [ONLY_MODEL, ABSENT_MODEL];
  if (name === 'model') return [`openai/${ONLY_MODEL}`, `openai/${ABSENT_MODEL}`];
  const example = String(exampleOf({ name, ...one }) ?? '');
  return [example, name === 'name' ? 'absentee' : example];
}

function urlsOf(call: OpenApiCall): readonly [there: string, nowhere: string] {
  const fill = (which: 0 | 1) =>
    fillPath(call, (one) => (one.in === 'path' ? valuesOf(one)[which] : exampleOf(one)));
  return [fill(0), fill(1)];
}

/** Replaces the requested name with the one that does not exist. */
function renamed(call: OpenApiCall, body: unknown): unknown {
  let text = JSON.stringify(body);
  for (const one of call.operation.parameters ?? []) {
    if (one.in !== 'path') continue;
    const [there, nowhere] = valuesOf(one);
    for (const encode of [String, encodeURIComponent]) text = text.replaceAll(encode(there), encode(nowhere));
  }
  return JSON.parse(text);
}

/** The background folds counts, delivers events, and looks at rollouts. */
const UPKEPT = ['execution_deltas', 'execution_rollups', 'outbox', 'rollout_cursors', 'webhook_deliveries'];

/** Returns the contents of each table of a project for the first one. */
async function fingerprint(): Promise<ApiBody[]> {
  const tables = await stage.sql<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'project_id'
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  const prints: ApiBody[] = [];
  for (const { name } of tables.filter((table) => !UPKEPT.includes(table.name))) {
    const [print = {}] = await stage.sql(
      `SELECT '${name}' AS name, count(*) AS rows, md5(string_agg(t::text, ',' ORDER BY t::text)) AS print
       FROM ${name} t WHERE project_id = (SELECT project_id FROM projects WHERE name = 'default')`,
    );
    prints.push(print);
  }
  return prints;
}

const named = () => calls.filter(({ route }) => route.includes('{'));

describe('another project', () => {
  it('has made one of everything', () => {
    const parameters = named().flatMap(({ operation }) => operation.parameters ?? []);
    const wanted = parameters.filter((one) => one.in === 'path' && one.name.endsWith('_id'));
    expect(wanted.filter(({ name }) => !ids.has(name))).toEqual([]);
  });

  it('is found by no id and no name on any route, with the body of what there is not', async () => {
    const before = await fingerprint();
    const wrong: unknown[] = [];
    const asked = named().filter(
      ({ name }) => !MAKES_ITS_OWN.includes(name) && ROUTE_MATRIX[name] !== 'instance',
    );
    expect(asked.length).toBeGreaterThan(35);
    for (const call of asked) {
      const [there, nowhere] = urlsOf(call);
      const answer = await send(foreign.key, call, there, bodyOf(call, ADMIN_KEY));
      const absent = await send(foreign.key, call, nowhere, bodyOf(call, ADMIN_KEY));
      const isAlike = JSON.stringify(renamed(call, answer.body)) === JSON.stringify(absent.body);
      if (answer.status !== 404 || absent.status !== 404 || !isAlike) wrong.push([call.name, answer, absent]);
    }
    expect(wrong).toEqual([]);
    expect(await fingerprint()).toEqual(before);
  });

  it('is opened by no route of the instance', async () => {
    const asked = named().filter(({ name }) => ROUTE_MATRIX[name] === 'instance');
    for (const call of asked) {
      const [there] = urlsOf(call);
      const answer = await send(foreign.key, call, there, bodyOf(call, ADMIN_KEY));
      expect({ call: call.name, status: answer.status }).toEqual({ call: call.name, status: 403 });
    }
  });

  it('is found by no name in a body', async () => {
    const before = await fingerprint();
    const wrong: unknown[] = [];
    const asked = calls.filter(
      (call) =>
        !MAKES_ITS_OWN_BY_BODY.includes(call.name) &&
        !MAKES_ITS_OWN.includes(call.name) &&
        /doc_summarizer|WELCOME/.test(JSON.stringify(bodyOf(call, ADMIN_KEY) ?? null)),
    );
    expect(asked.length).toBeGreaterThan(4);
    for (const call of asked) {
      const [url] = urlsOf(call);
      const rename = (value: unknown) =>
        JSON.parse(JSON.stringify(value).replaceAll(/doc_summarizer|WELCOME/g, 'absentee')) as unknown;
      const answer = await send(foreign.key, call, url, bodyOf(call, ADMIN_KEY));
      const absent = await send(foreign.key, call, url, rename(bodyOf(call, ADMIN_KEY)));
      const isAlike = JSON.stringify(rename(answer.body)) === JSON.stringify(rename(absent.body));
      if (answer.status !== 404 || !isAlike) wrong.push([call.name, answer, absent]);
    }
    expect(wrong).toEqual([]);
    expect(await fingerprint()).toEqual(before);
  });

  it('shows up in no list', async () => {
    const lists = calls.filter(({ method, route }) => method === 'GET' && !route.includes('{'));
    const shown: unknown[] = [];
    for (const call of lists) {
      const { body } = await send(foreign.key, call, call.route, undefined);
      const text = JSON.stringify(body);
      const found = [...ids.values(), ONLY_MODEL].filter((id) => text.includes(id));
      if (found.length > 0) shown.push([call.name, found]);
    }
    expect(shown).toEqual([]);
  });

  it('keeps what it has when the same names are used here', async () => {
    const before = await fingerprint();
    for (const call of calls.filter(({ name }) =>
      [...MAKES_ITS_OWN, ...MAKES_ITS_OWN_BY_BODY].includes(name),
    )) {
      const [there] = urlsOf(call);
      const answer = await send(foreign.key, call, there, bodyOf(call, ADMIN_KEY));
      expect({ call: call.name, status: answer.status }).toEqual({ call: call.name, status: 200 });
    }
    expect(await fingerprint()).toEqual(before);
  });
});
