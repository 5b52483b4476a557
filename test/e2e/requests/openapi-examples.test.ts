import { eventually } from '../../support/eventually.js';
import { clientWith } from '../other-project.js';
import {
  bodyWith,
  callsOf,
  exampleOf,
  fillPath,
  type OpenApiCall,
  type OpenApiPaths,
  rankCall,
  rememberIds,
} from '../../support/openapi-calls.js';
import { ADMIN_KEY, startStage, type Stage } from '../stage.js';

/** These redirect a browser to an identity provider and back, where one is configured. */
const OF_BROWSERS = ['/auth/login', '/auth/callback'];

/** The explorer fills in the examples, and readers copy them. */
describe('the examples of the OpenAPI document', () => {
  let stage: Stage;
  let calls: readonly OpenApiCall[];

  beforeAll(async () => {
    stage = await startStage({ RETRY_WAITS_MS: '600000' });
    const { body } = await stage.admin.get<OpenApiPaths>('/openapi.json');
    calls = callsOf(body)
      .filter(({ route }) => !OF_BROWSERS.includes(route))
      .sort((a, b) => rankCall(a) - rankCall(b));
  });
  afterAll(() => stage.close());

  it('stand at every body, and at every parameter that is not an id', () => {
    const missing = calls.flatMap(({ name: call, operation: { parameters = [], requestBody } }) => [
      ...Object.values(requestBody?.content ?? {})
        .filter(({ example }) => example === undefined)
        .map(() => `${call}: body`),
      ...parameters
        .filter((one) => one.in === 'path' && !one.name.endsWith('_id') && exampleOf(one) === undefined)
        .map(({ name }) => `${call}: ${name}`),
    ]);
    expect(missing).toEqual([]);
  });

  it('work as they stand', async () => {
    // The example makes another version, so that there are two to compare.
    await stage.admin.put('/v1/prompts/doc_summarizer', { template_source: 'Before: {{text}}' });
    // The example makes another move, so that there is one to take back.
    await stage.admin.put('/v1/prompts/doc_summarizer', { template_source: 'Between: {{text}}' });
    await stage.admin.put('/v1/prompts/doc_summarizer/environments/staging', { version_number: 2 });
    // There must be a scorer that people score by.
    await stage.admin.put('/v1/scorers/helpful', { kind: 'human', labels: { good: true, bad: false } });
    const ids = new Map<string, string>();
    const refused: unknown[] = [];
    for (const call of calls) {
      const changeId = await openChange(call);
      if (changeId !== null) ids.set('change_id', changeId);
      const suggestionId = await findSuggestion(call);
      if (suggestionId !== null) ids.set('suggestion_id', suggestionId);
      const rolloutId = await makeRollout(call);
      if (rolloutId !== null) ids.set('rollout_id', rolloutId);
      const waiting = (await submitWaiting(call)) ?? (await startWaiting(call));
      // Fills in parameters as the explorer would, with the ids of what was made before.
      const url = fillPath(call, (one) => exampleOf(one) ?? waiting ?? ids.get(one.name));
      const { status, body } = await send(call, url, ids);
      if (status >= 300) refused.push({ call: `${call.method} ${url}`, status, body });
      if (call.method === 'POST' || call.method === 'PUT') rememberIds(body, ids);
    }
    expect(refused).toEqual([]);
  });

  /** Makes an execution that waits for its next attempt, for the call that cancels one. */
  async function submitWaiting({ route }: OpenApiCall): Promise<string | null> {
    if (route !== '/v1/executions/{execution_id}:cancel') return null;
    const { body } = await stage.admin.post('/v1/executions:submit', {
      prompt_name: 'doc_summarizer',
      variables: { text: '' },
      model: 'echo/echo-fail-500',
    });
    const id = body['execution_id'] as string;
    // It waits for the second call once the first is over, and only then can be canceled.
    await eventually(async () => {
      const { body: execution } = await stage.admin.get(`/v1/executions/${id}`);
      return execution['status'] === 'queued' && (execution['attempts'] as unknown[]).length > 0;
    });
    return id;
  }

  /** Makes a suggestion about the newest version, for each call that decides about one. */
  async function findSuggestion({ route }: OpenApiCall): Promise<string | null> {
    const verb = /\{suggestion_id\}:(\w+)$/.exec(route)?.[1];
    if (verb === undefined) return null;
    const content = { template_source: `Translate {{text}} into French and ${verb} the line breaks.` };
    const { body: put } = await stage.admin.put('/v1/prompts/doc_summarizer', content);
    const { version_number: number } = put['version'] as { version_number: number };
    const path = `/v1/prompts/doc_summarizer/suggestions?version_number=${number}`;
    const { body } = await stage.admin.get(path);
    const [suggestion] = body['suggestions'] as { suggestion_id: string }[];
    return suggestion?.suggestion_id ?? null;
  }

  /** Makes an experiment whose only cell waits for its next attempt, for the call that cancels one. */
  async function startWaiting({ route }: OpenApiCall): Promise<string | null> {
    if (route !== '/v1/experiments/{experiment_id}:cancel') return null;
    const candidate = { label: 'a', prompt_name: 'doc_summarizer', model: 'echo/echo-fail-500' };
    const { body } = await stage.admin.post('/v1/experiments', {
      name: 'waiting',
      dataset: { name: 'tickets' },
      candidates: [candidate],
      scorers: [{ name: 'mentions-refund' }],
    });
    return body['experiment_id'] as string;
  }

  /** Makes a rollout in the status that the call needs. The previous one ends to make room for it. */
  async function makeRollout({ method, route }: OpenApiCall): Promise<string | null> {
    const verb = /^\/v1\/rollouts\/\{rollout_id\}:([a-z-]+)$/.exec(route)?.[1];
    if (method !== 'POST' || verb === undefined) return null;
    await stage.sql(`UPDATE rollouts SET status = 'stopped' WHERE status IN ('running', 'paused')`);
    const { body: prompt } = await stage.admin.get('/v1/prompts/doc_summarizer');
    const active = (prompt['active_version'] as { version_number: number }).version_number;
    const { body } = await stage.admin.post('/v1/rollouts', {
      name: 'example',
      prompt_name: 'doc_summarizer',
      environment: 'default',
      candidate: { version_number: active === 1 ? 2 : 1 },
      steps: [{ percent: 50 }],
      primary: { metric: 'error_rate' },
    });
    const id = body['rollout_id'] as string;
    const before: Record<string, string[]> = { start: [], resume: ['start', 'pause'] };
    for (const step of before[verb] ?? ['start']) await stage.admin.post(`/v1/rollouts/${id}:${step}`, {});
    return id;
  }

  /** Opens a change for each call that decides about one. Somebody else opens it, because nobody approves their own. */
  async function openChange({ method, route }: OpenApiCall): Promise<string | null> {
    if (method !== 'POST' || !route.startsWith('/v1/changes')) return null;
    await stage.sql(`UPDATE environments SET protected = true, revision = revision + 1 WHERE name = 'prod'`);
    const verb = /:(\w+)$/.exec(route)?.[1];
    if (verb === undefined) return null;
    // Only the opener may withdraw a change. Other decisions need a change that somebody else opened.
    const author =
      verb === 'withdraw' || verb === 'apply' ? stage.admin : await clientWith(stage, ['changes:write']);
    const { body } = await author.post('/v1/changes', {
      prompt_name: 'doc_summarizer',
      environment: 'prod',
      // The apply moves to one version, so the other changes ask for another.
      version_number: verb === 'apply' ? 1 : 2,
      reason: 'example',
    });
    const id = body['change_id'] as string;
    if (verb === 'apply') {
      await stage.sql('UPDATE changes SET required_approvals = 0 WHERE change_id = $1', [id]);
    }
    return id;
  }

  /** The instance made everything here, so it cannot approve any of it. */
  async function keyFor({ route }: OpenApiCall): Promise<string> {
    if (!route.endsWith(':approve')) return stage.env['API_KEY'] ?? '';
    const made = await stage.admin.post<{ key: string }>('/v1/keys', {
      name: 'approver',
      scopes: ['changes:approve'],
    });
    return made.body.key;
  }

  async function send(call: OpenApiCall, url: string, ids: ReadonlyMap<string, string>) {
    const example = bodyWith(call, ids, ADMIN_KEY);
    const response = await fetch(`${stage.ledger.url}${url}`, {
      method: call.method,
      headers: { 'x-api-key': await keyFor(call), 'content-type': 'application/json' },
      ...(example !== undefined && { body: JSON.stringify(example) }),
    });
    const text = await response.text();
    const isJson = /^application\/(?:\w+\+)?json\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text };
  }
});
