import { createHash } from 'node:crypto';
import { fakeFetch, json, problem, type Step } from './fake-fetch.testkit.js';
import { PromptLedger } from './prompt-ledger.js';
import { failureOf, whole } from './streams/streams.testkit.js';

describe('what a stream sends', () => {
  const answer: Step = () => new Response(whole, { headers: { 'content-type': 'text/event-stream' } });

  it('is the request of a run, in the words of the wire', async () => {
    const { fetch, requests } = fakeFetch(answer);
    const ledger = new PromptLedger({
      baseUrl: 'http://ledger.test',
      apiKey: 'k',
      environment: 'prod',
      fetch,
    });
    const options = {
      version: 3,
      cache: { ttl_s: 60 },
      onBudget: 'clamp',
      correlationId: 'c',
      metadata: { user: 'u' },
    } as const;
    await ledger
      .stream('p', { a: 1 }, { ...options, model: ['x/y', { provider: 'z', model_name: 'w' }] })
      .final();
    await ledger.stream('p', {}, { model: { route: 'cheap' } }).final();
    await ledger.executions.stream({ prompt_name: 'q' }).final();
    expect(requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      [
        'POST',
        '/v1/executions:stream',
        {
          prompt_name: 'p',
          version_number: 3,
          variables: { a: 1 },
          model: [
            { provider: 'x', model_name: 'y' },
            { provider: 'z', model_name: 'w' },
          ],
          cache: { ttl_s: 60 },
          on_budget: 'clamp',
          environment: 'prod',
          correlation_id: 'c',
          metadata: { user: 'u' },
        },
      ],
      [
        'POST',
        '/v1/executions:stream',
        { prompt_name: 'p', variables: {}, model: { route: 'cheap' }, environment: 'prod' },
      ],
      ['POST', '/v1/executions:stream', { prompt_name: 'q' }],
    ]);
    expect(requests[0]?.headers.get('accept')).toBe('text/event-stream, application/json');
  });

  it('names the version of a text in code, whose variables are typed', async () => {
    const hash = createHash('sha256').update('Hi {{name}}').digest('hex');
    const { fetch, requests } = fakeFetch(({ path }) =>
      path.endsWith('/versions')
        ? json([{ version_number: 4, checksum_hash: hash }])({} as never, null)
        : answer({} as never, null),
    );
    const ledger = new PromptLedger({
      mode: 'tracking_only',
      codeRegistry: { HI: 'Hi {{name}}' } as const,
      baseUrl: 'http://ledger.test',
      apiKey: 'k',
      fetch,
    });
    // @ts-expect-error: without its variable.
    void ledger.stream('HI', {});
    await ledger.stream('HI', { name: 'Ada' }).final();
    expect(requests.map(({ path }) => path)).toEqual(['/v1/prompts/HI/versions', '/v1/executions:stream']);
    expect(requests[1]?.body).toMatchObject({ version_number: 4 });
    await expect(ledger.execute('HI', { name: 'Ada' }, { model: ['a/b', 'c/d'] })).rejects.toMatchObject({
      code: 'CLIENT_MISCONFIGURED',
    });
  });

  it('is nothing when an argument cannot work', async () => {
    const { fetch, requests } = fakeFetch(problem(500, 'X'));
    const ledger = new PromptLedger({ baseUrl: 'http://ledger.test', apiKey: 'k', fetch });
    const wrong = ledger.stream('p', {}, { model: 'no-slash/' });
    expect(await failureOf(wrong.final())).toMatchObject({ code: 'CLIENT_MISCONFIGURED' });
    expect(requests).toEqual([]);
  });
});
