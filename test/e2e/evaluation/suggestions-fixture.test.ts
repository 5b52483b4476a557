import {
  FAULTY,
  type FixturePrompt,
  SOUND,
} from '../../../src/modules/suggestions/suggestions.fixtures.testkit.js';
import { toWireExtras } from '../../../src/templating/index.js';
import type { ApiBody } from '../../support/api-client.js';
import { putItems, putScorer, startExperiment, untilOver } from './experiments.js';
import { expectMade } from '../people.js';
import { ECHO, OPENAI, promptPath, type Stage, startStage } from '../stage.js';
import { listSuggestions, runMany, type Suggestion } from './suggestions.js';

const EXECUTIONS = 110;
const LANGUAGES = ['en', 'de', 'fr'];
const BIG = { provider: 'openai', model_name: 'gpt-4o' };

let stage: Stage;
const named = [...FAULTY, ...SOUND].map((prompt, nth) => ({ ...prompt, path: `fixture/${nth}` }));
type Named = (typeof named)[number];

/** A ledger in the state of the fixtures, produced by real executions of a prompt. */
beforeAll(async () => {
  stage = await startStage();
  stage.openai.behave(({ body, text }) => {
    if (text.includes('"ja"') || text.includes('into ja:')) return { kind: 'error', status: 400 };
    const format = body?.['response_format'] as
      { json_schema?: { schema: { required: string[] } } } | undefined;
    const keys = format?.json_schema?.schema.required;
    return keys === undefined
      ? { kind: 'answer' }
      : { kind: 'answer', text: JSON.stringify(Object.fromEntries(keys.map((key) => [key, 'fine']))) };
  });
  for (const prompt of named) await fill(prompt);
}, 240_000);
afterAll(() => stage.close());

async function fill(prompt: Named): Promise<void> {
  const { content, declared, fault, path } = prompt;
  const properties = Object.fromEntries((declared ?? []).map((name) => [name, {}]));
  const templates =
    content.kind === 'text' ? { template_source: content.templateSource } : { messages: content.messages };
  const body = {
    ...templates,
    ...toWireExtras(content.extras),
    ...(declared === undefined ? {} : { variables_schema: { type: 'object', properties } }),
    set_active: true,
  };
  expectMade(await stage.admin.put(promptPath(path), body), 200);
  const { body: version } = await stage.admin.get<{ variables: string[] }>(`${promptPath(path)}/versions/1`);
  const names = [...new Set([...version.variables, ...(declared ?? [])])];
  const params = fault === 'answer_bound' ? { max_new_tokens: 4096 } : {};
  await runMany(stage.admin, EXECUTIONS, (nth) => ({
    prompt_name: path,
    model: fault === 'answer_bound' ? ECHO : OPENAI,
    variables: Object.fromEntries(names.map((name) => [name, valueFor(name, nth, prompt)])),
    params,
  }));
  if (fault === 'cheaper_model') await compareModels(path);
}

function valueFor(name: string, nth: number, { fault }: Pick<FixturePrompt, 'fault'>): unknown {
  if (name === 'items') return [{ title: `item ${nth}` }];
  if (name !== 'language') return `${name} ${nth}`;
  return fault === 'failure_cluster' && nth % 5 === 0 ? 'ja' : LANGUAGES[nth % 3];
}

async function compareModels(name: string): Promise<void> {
  for (const [model, price] of [
    [BIG, '10'],
    [OPENAI, '0.6'],
  ] as const) {
    const prices = { ...model, input_usd_per_mtok: price, output_usd_per_mtok: price };
    const { status } = await stage.admin.post('/v1/prices', prices);
    expect([201, 409]).toContain(status);
  }
  const variables = (nth: number) => ({ language: LANGUAGES[nth % 3], text: `text ${nth}` });
  const items = Array.from({ length: 150 }, (_, nth) => ({ variables: variables(nth) }));
  await putItems(stage.admin, 'texts', items);
  await putScorer(stage.admin, 'answers', { kind: 'check', check: 'contains', value: 'You said' });
  const { experiment_id: id } = await startExperiment(stage.admin, {
    name: 'a cheaper model',
    dataset: { name: 'texts' },
    candidates: [
      { label: 'big', prompt_name: name, version_number: 1, model: BIG },
      { label: 'small', prompt_name: name, version_number: 1, model: OPENAI },
    ],
    scorers: [{ name: 'answers' }],
    concurrency: 20,
  });
  expect((await untilOver(stage.admin, id)).status).toBe('completed');
}

const kindsOf = (suggestions: readonly Suggestion[]) => suggestions.map(({ kind }) => kind);

it('has suggestions for at least 11 of 12 faults, false alarms for at most 1 of 12 sound prompts, and links that resolve', async () => {
  const found = new Map<Named, readonly Suggestion[]>();
  for (const prompt of named) found.set(prompt, await listSuggestions(stage.admin, prompt.path));
  const told = (prompts: readonly FixturePrompt[]) =>
    [...found].filter(([{ name }]) => prompts.some((each) => each.name === name));

  const missed = told(FAULTY).filter(([{ fault }, of]) => fault !== null && !kindsOf(of).includes(fault));
  const alarms = told(SOUND).filter(([, of]) => of.length > 0);
  const described = (all: typeof missed) => all.map(([{ name }, of]) => [name, kindsOf(of)]);
  expect({ missed: described(missed), alarms: described(alarms) }).toEqual({ missed: [], alarms: [] });

  const links = new Set([...found.values()].flat().flatMap(({ evidence }) => evidence.links));
  expect(links.size).toBeGreaterThan(12);
  const broken: ApiBody[] = [];
  for (const link of links) {
    const { status } = await stage.admin.get(link);
    if (status !== 200) broken.push({ link, status });
  }
  expect(broken).toEqual([]);
});
