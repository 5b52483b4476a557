import { LedgerClient, OutcomeUnknownError } from '../../../sdk/src/index.js';
import { ADMIN_KEY, type Stage, startStage } from '../stage.js';

const ECHO = 'echo/echo';

let stage: Stage;
let url: string;

beforeAll(async () => {
  stage = await startStage({ DEFAULT_MODEL: ECHO });
  url = stage.ledger.url;
});
afterAll(() => stage.close());

/** Makes a client that loses the first answer to each request: the ledger carries it out, but the connection breaks. */
function lossy(apiKey = ADMIN_KEY): { client: LedgerClient; sent: () => number; statuses: number[] } {
  const seen = new Set<string>();
  const statuses: number[] = [];
  const client = new LedgerClient({
    baseUrl: url,
    apiKey,
    fetch: async (to, init) => {
      const response = await fetch(to, init);
      statuses.push(response.status);
      const request = `${init.method} ${to}`;
      if (seen.has(request)) return response;
      seen.add(request);
      await response.arrayBuffer();
      throw new TypeError('fetch failed', { cause: new Error('other side closed') });
    },
  });
  return { client, sent: () => statuses.length, statuses };
}

function plain(apiKey = ADMIN_KEY): LedgerClient {
  return new LedgerClient({ baseUrl: url, apiKey });
}

describe('the client, when an answer is lost', () => {
  it('rotates a key once, so that the secret in use goes on working', async () => {
    const { key, key_id: keyId } = await plain().keys.create({ name: 'lost', role: 'admin' });
    const { client, sent } = lossy(key);
    await expect(client.keys.rotate(keyId)).rejects.toThrow(OutcomeUnknownError);
    expect(sent()).toBe(1);
    await expect(plain(key).prompts.list()).resolves.toBeDefined();
  });

  it('makes a key and a user once', async () => {
    const { client, statuses } = lossy();
    const made = client.keys.create({ name: 'lost-once', role: 'viewer' });
    await expect(made).rejects.toThrow(OutcomeUnknownError);
    await expect(client.users.create({ kind: 'service', name: 'lost-once' })).rejects.toThrow(
      'It is unknown whether POST /v1/users was carried out.',
    );
    expect(statuses).toEqual([201, 201]);
    const { keys } = await plain().keys.list();
    expect(keys.filter(({ name }) => name === 'lost-once')).toHaveLength(1);
  });

  it('runs once, under the key of its request', async () => {
    await plain().prompts.put('lost/run', { template_source: 'Say {{word}}', set_active: true });
    const { client, sent } = lossy();
    const run = await client.executions.run({ prompt_name: 'lost/run', variables: { word: 'one' } });
    expect(run).toMatchObject({ response_text: 'Say one' });
    expect(sent()).toBe(2);
    const { executions } = await plain().executions.list({ prompt_name: 'lost/run' });
    expect(executions).toHaveLength(1);
  });

  it('asks again for what says how things are to be', async () => {
    await plain().prompts.put('lost/state', { template_source: 'One', set_active: true });
    await plain().prompts.put('lost/state', { template_source: 'Two', set_active: true });
    const { client, sent } = lossy();
    expect(await client.prompts.activate('lost/state', 1)).toMatchObject({ version: { version_number: 1 } });
    expect(await client.prompts.render('lost/state', { variables: {} })).toMatchObject({
      rendered_prompt: 'One',
    });
    const { batch_id: batchId } = await client.batches.submit({
      prompt_name: 'lost/state',
      entries: [{ variables: {} }],
    });
    await client.batches.cancel(batchId);
    const code = { prompts: [{ name: 'lost/code', template_source: 'Hi {{name}}' }] };
    await client.tracking.register(code);
    await client.tracking.retire({ prompts: [{ name: 'lost/code' }] });
    expect(sent()).toBe(12);
    const { moves } = await plain().environments.moves('lost/state', { environment: 'default' });
    expect(moves).toHaveLength(3);
  });

  it('takes what is gone for deleted', async () => {
    await plain().prompts.put('lost/gone', { template_source: 'One', set_active: true });
    const { client, statuses } = lossy();
    await client.prompts.delete('lost/gone');
    expect(statuses).toEqual([204, 404]);
  });

  it('makes one dataset version of a stream of items, and says so when it does not know of a few', async () => {
    await plain().datasets.create('lost-items');
    const many = Array.from({ length: 6_000 }, (_, n) => ({ variables: { n } }));
    expect(await lossy().client.datasets.addItems('lost-items', many)).toMatchObject({ item_count: 6_000 });
    const few = lossy().client.datasets.addItems('lost-items', [{ variables: { n: 1 } }]);
    await expect(few).rejects.toThrow(OutcomeUnknownError);
    expect(await plain().datasets.get('lost-items')).toMatchObject({ item_count: 6_001 });
  });
});
