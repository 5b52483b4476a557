import { getRepeating } from '../core/wire/repeating.js';
import { fakeFetch, json } from '../fake-fetch.testkit.js';
import { LedgerClient } from '../ledger-client.js';

const ID = '01890000-0000-7000-8000-000000000000';

type Call = (client: LedgerClient) => PromiseLike<unknown>;

describe('a resource', () => {
  it.each<[string, string, unknown, Call]>([
    ['POST', '/v1/budgets', { name: 'b' }, ({ budgets }) => budgets.create({ name: 'b' } as never)],
    [
      'GET',
      '/v1/budgets?scope=prompt&limit=2',
      undefined,
      ({ budgets }) => budgets.list({ scope: 'prompt', limit: 2 }),
    ],
    ['GET', `/v1/budgets/${ID}`, undefined, ({ budgets }) => budgets.get(ID)],
    [
      'PATCH',
      `/v1/budgets/${ID}`,
      { limit_usd: '5' },
      ({ budgets }) => budgets.update(ID, { limit_usd: '5' }),
    ],
    ['DELETE', `/v1/budgets/${ID}`, undefined, ({ budgets }) => budgets.delete(ID)],
    ['DELETE', `/v1/executions/${ID}/content`, undefined, ({ executions }) => executions.eraseContent(ID)],
    ['POST', '/v1/changes', { reason: 'r' }, ({ changes }) => changes.open({ reason: 'r' } as never)],
    [
      'GET',
      '/v1/changes?status=open&environment=prod',
      undefined,
      ({ changes }) => changes.list({ status: 'open', environment: 'prod' }),
    ],
    [
      'GET',
      '/v1/prompts/a%2Fb/suggestions?version_number=2&include=dismissed',
      undefined,
      ({ suggestions }) => suggestions.list('a/b', { version_number: 2, include: 'dismissed' }),
    ],
    [
      'POST',
      '/v1/prompts/a/suggestions/1-f:dismiss',
      { reason: 'r' },
      ({ suggestions }) => suggestions.dismiss('a', '1-f', { reason: 'r' }),
    ],
    [
      'POST',
      '/v1/prompts/a/suggestions/1-f:restore',
      undefined,
      ({ suggestions }) => suggestions.restore('a', '1-f'),
    ],
    [
      'POST',
      '/v1/prompts/a/suggestions/1-f:apply',
      { allow_older: true },
      ({ suggestions }) => suggestions.apply('a', '1-f', { allow_older: true }),
    ],
    ['GET', '/v1/snippets?q=t', undefined, ({ snippets }) => snippets.list({ q: 't' })],
    ['GET', '/v1/snippets/a%2Ftone', undefined, ({ snippets }) => snippets.get('a/tone')],
    [
      'PUT',
      '/v1/snippets/tone',
      { template_source: 'x' },
      ({ snippets }) => snippets.put('tone', { template_source: 'x' }),
    ],
    ['GET', '/v1/snippets/tone/versions', undefined, ({ snippets }) => snippets.versions('tone')],
    ['GET', '/v1/snippets/tone/versions/2', undefined, ({ snippets }) => snippets.version('tone', 2)],
    [
      'GET',
      '/v1/snippets/tone/usage?limit=2',
      undefined,
      ({ snippets }) => snippets.usage('tone', { limit: 2 }),
    ],
    ['DELETE', '/v1/snippets/tone', undefined, ({ snippets }) => snippets.delete('tone')],
    ['POST', '/v1/rollouts', { name: 'r' }, ({ rollouts }) => rollouts.create({ name: 'r' } as never)],
    [
      'GET',
      '/v1/rollouts?status=running&prompt_name=p',
      undefined,
      ({ rollouts }) => rollouts.list({ status: 'running', prompt_name: 'p' }),
    ],
    ['POST', `/v1/rollouts/${ID}:start`, {}, ({ rollouts }) => rollouts.start(ID)],
    ['POST', `/v1/rollouts/${ID}:pause`, {}, ({ rollouts }) => rollouts.pause(ID)],
    ['POST', `/v1/rollouts/${ID}:resume`, {}, ({ rollouts }) => rollouts.resume(ID)],
    [
      'POST',
      `/v1/rollouts/${ID}:stop`,
      { reason: 'r' },
      ({ rollouts }) => rollouts.stop(ID, { reason: 'r' }),
    ],
    [
      'POST',
      `/v1/rollouts/${ID}:roll-back`,
      { reason: 'r' },
      ({ rollouts }) => rollouts.rollBack(ID, { reason: 'r' }),
    ],
    ['GET', `/v1/changes/${ID}`, undefined, ({ changes }) => changes.get(ID)],
    ['POST', `/v1/changes/${ID}:approve`, {}, ({ changes }) => changes.approve(ID)],
    [
      'POST',
      `/v1/changes/${ID}:reject`,
      { comment: 'c' },
      ({ changes }) => changes.reject(ID, { comment: 'c' }),
    ],
    ['POST', `/v1/changes/${ID}:withdraw`, {}, ({ changes }) => changes.withdraw(ID)],
    [
      'POST',
      `/v1/changes/${ID}:apply`,
      { emergency: true, reason: 'r' },
      ({ changes }) => changes.apply(ID, { emergency: true, reason: 'r' }),
    ],
    [
      'GET',
      '/v1/audit?actor=admin&from=1970-01-01T00%3A00%3A00.000Z',
      undefined,
      ({ audit }) => audit.list({ actor: 'admin', from: new Date(0) }),
    ],
    ['GET', '/v1/webhooks/secret', undefined, ({ webhooks }) => webhooks.secret()],
    ['POST', '/v1/webhooks/secret:rotate', undefined, ({ webhooks }) => webhooks.rotateSecret()],
    [
      'GET',
      `/v1/executions/${ID}/deliveries`,
      undefined,
      ({ webhooks }) => webhooks.deliveriesOfExecution(ID),
    ],
    ['GET', `/v1/batches/${ID}/deliveries`, undefined, ({ webhooks }) => webhooks.deliveriesOfBatch(ID)],
    ['GET', `/v1/budgets/${ID}/deliveries`, undefined, ({ webhooks }) => webhooks.deliveriesOfBudget(ID)],
    ['GET', '/v1/secrets', undefined, ({ secrets }) => secrets.list()],
    ['GET', '/v1/secrets/openai', undefined, ({ secrets }) => secrets.get('openai')],
    [
      'PUT',
      '/v1/secrets/openai',
      { api_key: 'sk-1', base_url: null },
      ({ secrets }) => secrets.put('openai', { api_key: 'sk-1', base_url: null }),
    ],
    ['DELETE', '/v1/secrets/openai', undefined, ({ secrets }) => secrets.delete('openai')],
    [
      'POST',
      '/v1/experiments',
      { name: 'n' },
      ({ experiments }) => experiments.create({ name: 'n' } as never),
    ],
    [
      'GET',
      '/v1/experiments?status=running&limit=2',
      undefined,
      ({ experiments }) => experiments.list({ status: 'running', limit: 2 }),
    ],
    ['GET', `/v1/experiments/${ID}`, undefined, ({ experiments }) => experiments.get(ID)],
    ['POST', `/v1/experiments/${ID}:cancel`, undefined, ({ experiments }) => experiments.cancel(ID)],
    [
      'GET',
      `/v1/experiments/${ID}/results?candidate=a&failed=true`,
      undefined,
      ({ experiments }) => experiments.results(ID, { candidate: 'a', failed: true }),
    ],
    [
      'GET',
      `/v1/experiments/${ID}/compare?baseline=a&candidate=b&scorer=s`,
      undefined,
      ({ experiments }) => experiments.compare(ID, { baseline: 'a', candidate: 'b', scorer: 's' }),
    ],
    [
      'GET',
      `/v1/experiments/${ID}/report?format=junit`,
      undefined,
      ({ experiments }) => experiments.report(ID, 'junit'),
    ],
    ['GET', '/v1/environments', undefined, ({ environments }) => environments.list()],
    [
      'PUT',
      '/v1/environments/eu%2Fprod',
      { protected: true },
      ({ environments }) => environments.put('eu/prod', { protected: true }),
    ],
    ['GET', '/v1/prompts/a%2Fb/environments', undefined, ({ environments }) => environments.of('a/b')],
    [
      'PUT',
      '/v1/prompts/a%2Fb/environments/eu%2Fprod',
      { version_number: 3 },
      ({ environments }) => environments.move('a/b', 'eu/prod', { version_number: 3 }),
    ],
    [
      'GET',
      '/v1/prompts/a/moves?environment=prod&limit=2',
      undefined,
      ({ environments }) => environments.moves('a', { environment: 'prod', limit: 2 }),
    ],
    [
      'POST',
      '/v1/prompts/a/environments/prod:rollback',
      { reason: 'slow' },
      ({ environments }) => environments.rollback('a', 'prod', 'slow'),
    ],
    [
      'GET',
      '/v1/prompts/a?environment=prod',
      undefined,
      ({ prompts }) => prompts.get('a', { environment: 'prod' }),
    ],
    [
      'PUT',
      '/v1/routes/cheap%2Ffirst',
      { targets: [] },
      ({ routes }) => routes.put('cheap/first', { targets: [] }),
    ],
    ['GET', '/v1/routes', undefined, ({ routes }) => routes.list()],
    ['GET', '/v1/routes/cheap', undefined, ({ routes }) => routes.get('cheap')],
    ['DELETE', '/v1/routes/cheap', undefined, ({ routes }) => routes.delete('cheap')],
    ['POST', '/v1/prices', { provider: 'p' }, ({ prices }) => prices.create({ provider: 'p' } as never)],
    [
      'GET',
      '/v1/prices?provider=p&at=1970-01-01T00%3A00%3A00.000Z',
      undefined,
      ({ prices }) => prices.list({ provider: 'p', at: new Date(0) }),
    ],
    ['GET', `/v1/prices/${ID}`, undefined, ({ prices }) => prices.get(ID)],
    ['PUT', `/v1/prices/${ID}`, { valid_to: null }, ({ prices }) => prices.put(ID, { valid_to: null })],
    ['DELETE', `/v1/prices/${ID}`, undefined, ({ prices }) => prices.delete(ID)],
    [
      'POST',
      '/v1/prices:import',
      { format: 'litellm', prices: {} },
      ({ prices }) => prices.import({ format: 'litellm', prices: {} }),
    ],
    [
      'GET',
      '/v1/analytics/costs?group_by=day&prompt_name=p',
      undefined,
      ({ analytics }) => analytics.costs({ group_by: 'day', prompt_name: 'p' }),
    ],
    [
      'GET',
      '/v1/executions?metadata%5Buser%5D=a+b&metadata%5Bx%5B0%5D%5D=%26&limit=2',
      undefined,
      ({ executions }) => executions.list({ metadata: { user: 'a b', 'x[0]': '&' }, limit: 2 }),
    ],
    [
      'PATCH',
      `/v1/keys/${ID}`,
      { rate_limits: { requests_per_minute: 5 } },
      ({ keys }) => keys.change(ID, { rate_limits: { requests_per_minute: 5 } }),
    ],
    ['POST', `/v1/keys/${ID}:rotate`, { overlap_s: 5 }, ({ keys }) => keys.rotate(ID, { overlap_s: 5 })],
    ['POST', `/v1/keys/${ID}:rotate`, {}, ({ keys }) => keys.rotate(ID)],
    ['GET', '/v1/me', undefined, (client) => client.me()],
    ['POST', '/v1/projects', { name: 'p' }, ({ projects }) => projects.create({ name: 'p' })],
    ['GET', '/v1/projects?limit=2', undefined, ({ projects }) => projects.list({ limit: 2 })],
    ['GET', `/v1/projects/${ID}`, undefined, ({ projects }) => projects.get(ID)],
    [
      'PATCH',
      `/v1/projects/${ID}`,
      { archived: true },
      ({ projects }) => projects.update(ID, { archived: true }),
    ],
    [
      'POST',
      `/v1/projects/${ID}/keys`,
      { name: 'k', role: 'admin' },
      ({ projects }) => projects.createKey(ID, { name: 'k', role: 'admin' }),
    ],
    [
      'POST',
      '/v1/users',
      { kind: 'service', name: 'u' },
      ({ users }) => users.create({ kind: 'service', name: 'u' }),
    ],
    ['GET', '/v1/users?kind=person', undefined, ({ users }) => users.list({ kind: 'person' })],
    ['PATCH', `/v1/users/${ID}`, { disabled: true }, ({ users }) => users.update(ID, { disabled: true })],
    ['GET', '/v1/members', undefined, ({ members }) => members.list()],
    ['PUT', `/v1/members/${ID}`, { role: 'editor' }, ({ members }) => members.put(ID, { role: 'editor' })],
    ['DELETE', `/v1/members/${ID}`, undefined, ({ members }) => members.delete(ID)],
    ['GET', '/v1/teams', undefined, ({ teams }) => teams.list()],
    ['GET', '/v1/teams/a%20b', undefined, ({ teams }) => teams.get('a b')],
    [
      'PUT',
      '/v1/teams/a',
      { members: [ID], role: 'editor' },
      ({ teams }) => teams.put('a', { members: [ID], role: 'editor' }),
    ],
    ['DELETE', '/v1/teams/a', undefined, ({ teams }) => teams.delete('a')],
    [
      'PUT',
      '/v1/scorers/a%2Fb',
      { kind: 'check', check: 'contains', value: 'x' },
      ({ scorers }) => scorers.put('a/b', { kind: 'check', check: 'contains', value: 'x' }),
    ],
    ['GET', '/v1/scorers?kind=judge', undefined, ({ scorers }) => scorers.list({ kind: 'judge' })],
    ['GET', '/v1/scorers/a', undefined, ({ scorers }) => scorers.get('a')],
    ['GET', '/v1/scorers/a/versions', undefined, ({ scorers }) => scorers.versions('a')],
    [
      'POST',
      '/v1/scorers/a:score',
      { execution_id: ID, expected: null },
      ({ scorers }) => scorers.score('a', { execution_id: ID, expected: null }),
    ],
    ['DELETE', '/v1/scorers/a', undefined, ({ scorers }) => scorers.delete('a')],
    [
      'POST',
      '/v1/scores',
      { execution_id: ID, scorer: 'a', label: 'good' },
      ({ scores }) => scores.create({ execution_id: ID, scorer: 'a', label: 'good' }),
    ],
    [
      'GET',
      `/v1/scores?execution_id=${ID}&scorer=a`,
      undefined,
      ({ scores }) => scores.list({ execution_id: ID, scorer: 'a' }),
    ],
    [
      'POST',
      '/v1/outcomes',
      { correlation_id: 'order-4711', metric: 'resolved', value: true },
      ({ outcomes }) => outcomes.record({ correlation_id: 'order-4711', metric: 'resolved', value: true }),
    ],
    ['GET', `/v1/rollouts/${ID}`, undefined, ({ rollouts }) => rollouts.get(ID)],
    [
      'GET',
      `/v1/rollouts/${ID}/looks?limit=5`,
      undefined,
      ({ rollouts }) => rollouts.looks(ID, { limit: 5 }),
    ],
    ['GET', `/v1/rollouts/${ID}/events`, undefined, ({ rollouts }) => rollouts.events(ID)],
  ])('sends %s %s', async (method, path, body, call) => {
    const { fetch, requests } = fakeFetch(json({}));
    await call(new LedgerClient({ baseUrl: 'http://ledger.test', apiKey: 'k', fetch }));
    expect(requests).toMatchObject([{ method, path, body }]);
    // A key allows a request to be sent twice, so it is sent only where the ledger acts once per key.
    const isKeyed = getRepeating(method, path.split('?')[0]!) === 'keyed';
    expect(requests[0]?.headers.has('idempotency-key')).toBe(isKeyed);
  });

  it.each<[string, (client: LedgerClient) => AsyncIterable<object>]>([
    ['budgets', ({ budgets }) => budgets.list()],
    ['changes', ({ changes }) => changes.list()],
    ['routes', ({ routes }) => routes.list()],
    ['prices', ({ prices }) => prices.list()],
    ['projects', ({ projects }) => projects.list()],
    ['users', ({ users }) => users.list()],
    ['members', ({ members }) => members.list()],
    ['teams', ({ teams }) => teams.list()],
    ['scorers', ({ scorers }) => scorers.list()],
    ['scores', ({ scores }) => scores.list()],
    ['outcomes', ({ outcomes }) => outcomes.list()],
  ])('gives %s of all pages', async (name, list) => {
    const { fetch, requests } = fakeFetch(
      json({ [name]: [{ n: 1 }], next_cursor: 'c' }),
      json({ [name]: [{ n: 2 }], next_cursor: null }),
    );
    const found: object[] = [];
    for await (const each of list(new LedgerClient({ baseUrl: 'http://ledger.test', apiKey: 'k', fetch }))) {
      found.push(each);
    }
    expect(found).toEqual([{ n: 1 }, { n: 2 }]);
    expect(requests[1]?.path).toBe(`/v1/${name}?cursor=c`);
  });
});
