import type { ApiBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { clientWith } from './other-project.js';
import { startStage, type Stage } from './stage.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly example?: string | number;
  readonly schema?: { readonly example?: string | number };
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}

interface Call {
  readonly method: string;
  readonly route: string;
  readonly operation: Operation;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** What makes things comes before what reads, changes and ends them. */
function rankCall({ method, route }: Call): number {
  const isMade = /\{\w+_id\}/.test(route);
  if (route.endsWith(':retire')) return 4;
  if (route.endsWith(':migrate-to-full')) return 5;
  // A model stays as long as routes lead to it.
  if (method === 'delete') return route.startsWith('/v1/models/') ? 7 : 6;
  if (method === 'get') return 2;
  if (isMade) return 3;
  return method === 'put' ? 0 : 1;
}

/** The examples are what the explorer fills in, and what a reader copies. */
describe('the examples of the OpenAPI document', () => {
  let stage: Stage;
  let calls: readonly Call[];

  beforeAll(async () => {
    stage = await startStage({ RETRY_WAITS_MS: '600000' });
    const { body } = await stage.admin.get<Document>('/openapi.json');
    calls = Object.entries(body.paths)
      .flatMap(([route, item]) =>
        Object.entries(item).map(([method, operation]) => ({ method, route, operation })),
      )
      .sort((a, b) => rankCall(a) - rankCall(b));
  });
  afterAll(() => stage.close());

  it('stand at every body, and at every parameter that is not an id', () => {
    const missing = calls.flatMap(({ method, route, operation: { parameters = [], requestBody } }) => [
      ...Object.values(requestBody?.content ?? {})
        .filter(({ example }) => example === undefined)
        .map(() => `${method} ${route}: body`),
      ...parameters
        .filter((one) => one.in === 'path' && !one.name.endsWith('_id') && findExample(one) === undefined)
        .map(({ name }) => `${method} ${route}: ${name}`),
    ]);
    expect(missing).toEqual([]);
  });

  it('work as they stand', async () => {
    // So that there are two versions to compare, once the example has made its own.
    await stage.admin.put('/v1/prompts/doc_summarizer', { template_source: 'Before: {{text}}' });
    // So that there is a move to take back, once the example has made another.
    await stage.admin.put('/v1/prompts/doc_summarizer', { template_source: 'Between: {{text}}' });
    await stage.admin.put('/v1/prompts/doc_summarizer/environments/staging', { version_number: 2 });
    const ids = new Map<string, string>();
    const refused: unknown[] = [];
    for (const call of calls) {
      const changeId = await openChange(call);
      if (changeId !== null) ids.set('change_id', changeId);
      const url = fillIn(call, { ids, waiting: await submitWaiting(call) });
      const { status, body } = await send(call, url);
      if (status >= 300) refused.push({ call: `${call.method} ${url}`, status, body });
      if (call.method === 'post' || call.method === 'put') rememberIds(body, ids);
    }
    expect(refused).toEqual([]);
  });

  /** An execution that waits for its next attempt, for the call that cancels one. */
  async function submitWaiting({ route }: Call): Promise<string | null> {
    if (route !== '/v1/executions/{execution_id}:cancel') return null;
    const { body } = await stage.admin.post('/v1/executions:submit', {
      prompt_name: 'doc_summarizer',
      variables: { text: '' },
      model: 'echo/echo-fail-500',
    });
    const id = body['execution_id'] as string;
    // Its first call is over when it waits for the second: only then can it be canceled.
    await eventually(async () => {
      const { body: execution } = await stage.admin.get(`/v1/executions/${id}`);
      return execution['status'] === 'queued' && (execution['attempts'] as unknown[]).length > 0;
    });
    return id;
  }

  /** Nobody approves their own: a change by somebody else, for each call that decides about one. */
  async function openChange({ method, route }: Call): Promise<string | null> {
    if (method !== 'post' || !route.startsWith('/v1/changes')) return null;
    await stage.sql(`UPDATE environments SET protected = true, revision = revision + 1 WHERE name = 'prod'`);
    const verb = /:(\w+)$/.exec(route)?.[1];
    if (verb === undefined) return null;
    // Withdrawn by whoever opened it; what is decided otherwise was opened by somebody else.
    const author =
      verb === 'withdraw' || verb === 'apply' ? stage.admin : await clientWith(stage, ['changes:write']);
    const { body } = await author.post('/v1/changes', {
      prompt_name: 'doc_summarizer',
      environment: 'prod',
      // Whichever is applied, the others ask for another one.
      version_number: verb === 'apply' ? 1 : 2,
      reason: 'example',
    });
    const id = body['change_id'] as string;
    if (verb === 'apply') {
      await stage.sql('UPDATE changes SET required_approvals = 0 WHERE change_id = $1', [id]);
    }
    return id;
  }

  /** The instance made everything here, and so approves nothing of it. */
  async function keyFor({ route }: Call): Promise<string> {
    if (!route.endsWith(':approve')) return stage.env['API_KEY'] ?? '';
    const made = await stage.admin.post<{ key: string }>('/v1/keys', {
      name: 'approver',
      scopes: ['changes:approve'],
    });
    return made.body.key;
  }

  async function send(call: Call, url: string) {
    const { method, operation } = call;
    const example = Object.values(operation.requestBody?.content ?? {})[0]?.example;
    const response = await fetch(`${stage.ledger.url}${url}`, {
      method: method.toUpperCase(),
      headers: { 'x-api-key': await keyFor(call), 'content-type': 'application/json' },
      ...(example !== undefined && { body: JSON.stringify(example) }),
    });
    const text = await response.text();
    const isJson = /^application\/(?:\w+\+)?json\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text };
  }
});

function findExample({ example, schema }: Parameter): string | number | undefined {
  return example ?? schema?.example;
}

/** The path and query as the explorer would fill them in; ids are those of what was made before. */
function fillIn(
  { route, operation: { parameters = [] } }: Call,
  { ids, waiting }: { ids: ReadonlyMap<string, string>; waiting: string | null },
): string {
  const query = new URLSearchParams();
  let path = route;
  for (const parameter of parameters) {
    const value = String(findExample(parameter) ?? waiting ?? ids.get(parameter.name) ?? '');
    if (value === '') continue;
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    if (parameter.in === 'query') query.set(parameter.name, value);
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function rememberIds(body: unknown, ids: Map<string, string>): void {
  if (typeof body !== 'object' || body === null) return;
  for (const [name, value] of Object.entries(body as ApiBody)) {
    if (name.endsWith('_id') && typeof value === 'string') ids.set(name, value);
    if (name === 'version') rememberIds(value, ids);
  }
}
