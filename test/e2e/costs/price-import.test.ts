import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ApiBody } from '../../support/api-client.js';
import { otherProject } from '../other-project.js';
import { expectProblem, type Stage, startStage } from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

/** Uses a project without prices. */
describe('an import of LiteLLM’s price file', () => {
  const file = readFileSync(path.join(__dirname, '../../fixtures/prices/litellm.json'), 'utf8');
  /** Builds the body as text, because parsing and writing it again would change the figures. */
  const body = (prices: string, more = '') => `{"format":"litellm"${more},"prices":${prices}}`;
  const SKIPPED = [
    'sample_spec',
    'text-embedding-3-small',
    'noisy/model',
    'by-the-second',
    'thinker',
    'openai/gpt-4o-mini',
  ];

  it('takes what it can, says what it skips and why, and changes nothing the second time', async () => {
    const client = await otherProject(stage);
    const first = await client.post('/v1/prices:import', body(file));
    expect(first).toMatchObject({ status: 200, body: { added: 6, changed: 0, unchanged: 0 } });
    const skipped = first.body['skipped'] as { name: string; reason: string }[];
    expect(skipped.map(({ name }) => name)).toEqual(SKIPPED);
    for (const { reason } of skipped) expect(reason).toMatch(/\w/);
    const { body: listed } = await client.get<{ prices: ApiBody[] }>('/v1/prices');
    const figures = listed.prices.map((price) => [
      `${String(price['provider'])} ${String(price['model_name'])}`,
      price['input_usd_per_mtok'],
      price['cached_input_usd_per_mtok'],
      price['output_usd_per_mtok'],
      price['max_prompt_tokens'],
    ]);
    expect(figures).toEqual([
      ['azure-openai eu/gpt-4o', '2.75', null, '11', null],
      ['free model', '0', null, '0', null],
      ['google gemini-2.5-pro', '1.25', '0.125', '10', 200_000],
      ['openai gpt-3.5-turbo-instruct', '1.5', null, '2', null],
      ['openai gpt-4o-mini', '0.15', '0.075', '0.6', null],
      ['together-ai meta-llama/Llama-3.3-70B-Instruct-Turbo', '0.88', null, '0.88', null],
    ]);
    const again = await client.post('/v1/prices:import', body(file));
    expect(again.body).toMatchObject({ added: 0, changed: 0, unchanged: 6 });
    expect((await client.get<{ prices: ApiBody[] }>('/v1/prices')).body).toEqual(listed);
  });

  it('ends a price that has changed when the new one begins', async () => {
    const client = await otherProject(stage);
    const entry = (input: string) =>
      `{"m":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":${input},"output_cost_per_token":1e-6}}`;
    const at = (time: string) => `,"valid_from":"${time}"`;
    await client.post('/v1/prices:import', body(entry('1e-6'), at('2026-01-01T00:00:00Z')));
    const changed = await client.post('/v1/prices:import', body(entry('2e-6'), at('2026-03-01T00:00:00Z')));
    expect(changed.body).toEqual({ added: 0, changed: 1, unchanged: 0, skipped: [] });
    const clash = await client.post('/v1/prices:import', body(entry('3e-6'), at('2026-03-01T00:00:00Z')));
    expect(clash.body).toMatchObject({ changed: 0, skipped: [{ name: 'm' }] });
    const { body: listed } = await client.get<{ prices: ApiBody[] }>('/v1/prices');
    expect(listed.prices).toMatchObject([
      { input_usd_per_mtok: '1', valid_to: '2026-03-01T00:00:00.000Z' },
      { input_usd_per_mtok: '2', valid_from: '2026-03-01T00:00:00.000Z', valid_to: null },
    ]);
  });

  it('sent by many at once is taken once', async () => {
    const client = await otherProject(stage);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => client.post('/v1/prices:import', body(file))),
    );
    expect(answers.map((answer) => Number(answer.body['added'])).sort()).toEqual([0, 0, 0, 0, 0, 6]);
    expect((await client.get<{ prices: ApiBody[] }>('/v1/prices')).body.prices).toHaveLength(6);
  });

  it('may be as large as such a file', async () => {
    const client = await otherProject(stage);
    const entries = Array.from({ length: 3000 }, (_, index) => [
      `model-${index}`,
      {
        litellm_provider: 'openai',
        mode: 'chat',
        input_cost_per_token: 1e-6,
        output_cost_per_token: 2e-6,
        notes: 'x'.repeat(500),
      },
    ]);
    const answer = await client.post('/v1/prices:import', body(JSON.stringify(Object.fromEntries(entries))));
    expect(answer).toMatchObject({ status: 200, body: { added: 3000, skipped: [] } });
  });

  it.each([
    ['/format', '{"format":"csv","prices":{}}'],
    ['/prices', '{"format":"litellm"}'],
    ['/prices', '{"format":"litellm","prices":[]}'],
    ['/prices', '{"format":"litellm","prices":"file"}'],
    ['/valid_from', '{"format":"litellm","valid_from":"now","prices":{}}'],
    ['/dry_run', '{"format":"litellm","prices":{},"dry_run":true}'],
    [
      '/prices',
      `{"format":"litellm","prices":{${Array.from({ length: 10_001 }, (_, index) => `"m${index}":1`).join(',')}}}`,
    ],
  ])('is refused when %s is wrong', async (pointer, wrong) => {
    const answer = await stage.admin.post('/v1/prices:import', wrong);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toMatchObject([{ pointer }]);
  });
});
