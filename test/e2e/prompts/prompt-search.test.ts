import { promptPath, putPrompt, type Stage, startStage } from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'search/one', 'Summarize {{text}} in 50% of its_length', {
    description: 'Shortens\nZebra',
  });
  await putPrompt(stage.admin, 'search/two', 'Translate {{text}}');
  await stage.admin.put(promptPath('search/draft'), { template_source: 'Summarize, a draft' });
  await stage.admin.put(promptPath('search/chat'), {
    messages: [
      { role: 'system', content: 'You "quote"\nand are BRIEF' },
      { role: 'user', content: 'Übersetze {{text}}' },
    ],
    set_active: true,
  });
  await putPrompt(stage.admin, 'search/moved', 'formerly here');
  await putPrompt(stage.admin, 'search/moved', 'nowhere');
  await stage.admin.put(promptPath('search/moved'), { template_source: 'a later draft' });
});
afterAll(() => stage.close());

interface Page {
  readonly prompts: readonly { readonly name: string }[];
  readonly next_cursor: string | null;
}

const search = async (query: string) => {
  const { status, body } = await stage.admin.get<Page>(`/v1/prompts?${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return { names: body.prompts.map(({ name }) => name.replace('search/', '')), cursor: body.next_cursor };
};

describe('GET /v1/prompts?search=', () => {
  it.each([
    ['summarize', ['draft', 'one']],
    ['SUMMARIZE draft', ['draft']],
    ['zebra', ['one']],
    ['  zebra   short ', ['one']],
    ['zebra translate', []],
    ['50%', ['one']],
    ['its_l', ['one']],
    ['%', ['one']],
    ['"quote"', ['chat']],
    ['you and brief', ['chat']],
    ['role', []],
    ['search/two', ['two']],
    ['formerly', []],
    ['nowhere', ['moved']],
    ['later', []],
    ["'; --", []],
    ['\\', []],
    ['', ['chat', 'draft', 'moved', 'one', 'two']],
  ])('%j finds %j', async (words, names) => {
    expect((await search(`search=${encodeURIComponent(words)}`)).names).toEqual(names);
  });

  it('is paged as the list is, and goes with the other filters', async () => {
    const first = await search('search=text&limit=2');
    expect(first.names).toEqual(['chat', 'one']);
    const rest = await search(`search=text&limit=2&cursor=${first.cursor}`);
    expect(rest).toEqual({ names: ['two'], cursor: null });
    expect((await search('search=text&q=search/o')).names).toEqual(['one']);
    expect((await search('search=text&mode=tracking')).names).toEqual([]);
  });

  it('refuses what is too long', async () => {
    const { status, body } = await stage.admin.get(`/v1/prompts?search=${'x'.repeat(201)}`);
    expect({ status, body }).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });
});

describe('prompts that code has no more', () => {
  const retire = (names: readonly string[], more = {}) =>
    stage.admin.post('/v1/prompts:retire', { prompts: names.map((name) => ({ name })), ...more });
  const register = (prompts: readonly object[]) =>
    stage.admin.post<{ registered: object[] }>('/v1/prompts/register-code', { prompts });

  it('are retired, go on as they were, and come back', async () => {
    await register([
      { name: 'gone/A', template_source: 'a {{x}}' },
      { name: 'gone/B', template_source: 'b' },
    ]);
    const answer = { name: 'gone/A', mode: 'tracking', version: 1, change_detected: true };
    expect((await retire(['gone/A'], { dry_run: true })).body).toEqual({ retired: [answer] });
    expect((await search('q=gone/&retired=true')).names).toEqual([]);
    expect((await retire(['gone/A'], { git: { commit: 'a'.repeat(40) } })).body).toEqual({
      retired: [answer],
    });
    expect((await retire(['gone/A'])).body).toEqual({ retired: [{ ...answer, change_detected: false }] });
    expect((await search('q=gone/&retired=true')).names).toEqual(['gone/A']);
    expect((await search('q=gone/&retired=false')).names).toEqual(['gone/B']);
    expect((await stage.admin.get(promptPath('gone/A'))).body).toMatchObject({
      retired_at: expect.stringMatching(/^20/) as string,
      active_version: { version_number: 1 },
    });
    const run = await stage.admin.post(`${promptPath('gone/A')}/execute`, {
      variables: { x: 1 },
      provider: 'echo',
      model_name: 'echo',
    });
    expect(run.body).toMatchObject({ status: 'succeeded', version_used: 1 });
    const back = await register([{ name: 'gone/A', template_source: 'a {{x}}' }]);
    expect(back.body.registered).toMatchObject([{ version: 1, outcome: 'returned', change_detected: false }]);
    expect((await stage.admin.get(promptPath('gone/A'))).body).toMatchObject({ retired_at: null });
  });

  it('are found by the repository and the folder that registered them last', async () => {
    const registerFrom = (repository: string | null, name: string, file: string) =>
      stage.admin.post('/v1/prompts/register-code', {
        prompts: [{ name: `of/${name}`, template_source: name, source: { file, line: 1 } }],
        git: { commit: 'a'.repeat(40), branch: 'main', repository, dirty: false },
      });
    await registerFrom('acme/app', 'A', 'apps/shop/a.ts');
    await registerFrom('acme/app', 'B', 'apps/mail/b.ts');
    await registerFrom('acme/web', 'C', 'apps/shop/c.ts');
    await registerFrom(null, 'D', 'apps/shop/d.ts');
    expect((await search('q=of/&repository=acme/app')).names).toEqual(['of/A', 'of/B']);
    expect((await search('q=of/&repository=acme/app&folder=apps/shop/')).names).toEqual(['of/A']);
    expect((await search('q=of/&folder=apps/shop/')).names).toEqual(['of/A', 'of/C', 'of/D']);
    expect((await search('q=of/&repository=acme')).names).toEqual([]);
    await registerFrom('acme/web', 'B', 'b.ts');
    expect((await search('q=of/&repository=acme/app')).names).toEqual(['of/A']);
    expect((await search('q=of/&repository=acme/web')).names).toEqual(['of/B', 'of/C']);
  });

  it('are refused as a whole', async () => {
    expect((await retire([])).body).toMatchObject({ code: 'NO_PROMPTS' });
    expect((await retire(['gone/A', 'gone/NEVER'])).body).toMatchObject({
      code: 'PROMPT_NOT_FOUND',
      errors: [{ pointer: '/prompts/1' }],
    });
    expect((await retire(['gone/A', 'search/one'])).body).toMatchObject({ code: 'PROMPT_MODE_MISMATCH' });
    expect((await retire(['gone/A', 'gone/A'])).body).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect((await stage.admin.get(promptPath('gone/A'))).body).toMatchObject({ retired_at: null });
  });

  it('have messages and metadata as the code says, and keep their kind', async () => {
    const messages = [{ role: 'user', content: 'Hi {{x}}' }];
    const chat = { name: 'gone/C', messages, description: 'Says hi', tags: ['a'] };
    expect((await register([chat])).body.registered).toMatchObject([{ version: 1, outcome: 'new' }]);
    expect((await register([chat])).body.registered).toMatchObject([{ version: 1, outcome: 'unchanged' }]);
    const told = await register([{ ...chat, description: null }]);
    expect(told.body.registered).toMatchObject([{ version: 1, outcome: 'metadata' }]);
    expect((await stage.admin.get(promptPath('gone/C'))).body).toMatchObject({
      description: null,
      tags: ['a'],
      active_version: { messages, variables: ['x'] },
    });
    for (const [prompt, pointer] of [
      [{ name: 'gone/C', template_source: 'x' }, '/prompts/0/template_source'],
      [{ name: 'gone/A', messages }, '/prompts/0/messages'],
      [{ ...chat, template_source: 'x' }, '/prompts/0/messages'],
      [{ name: 'gone/C' }, '/prompts/0/template_source'],
      [{ name: 'gone/C', messages: [] }, '/prompts/0/messages'],
    ] as const) {
      const { status, body } = await register([prompt]);
      expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    }
  });
});

describe('DELETE /v1/models', () => {
  const path = '/v1/models/echo/deleted';
  const run = () =>
    stage.admin.post<{ execution_id: string }>('/v1/executions:run', {
      prompt_name: 'search/two',
      variables: { text: 'x' },
      model: { provider: 'echo', model_name: 'deleted' },
    });

  it('takes a model off the list, unless a route leads to it, and leaves what was run', async () => {
    await stage.admin.put(path, { max_tokens: 5 });
    const before = await run();
    await stage.admin.put('/v1/routes/to-deleted', {
      targets: [{ provider: 'echo', model_name: 'deleted' }],
    });
    const refused = await stage.admin.delete(path);
    expect(refused).toMatchObject({ status: 409, body: { code: 'MODEL_IN_USE', routes: ['to-deleted'] } });
    await stage.admin.delete('/v1/routes/to-deleted');
    expect((await stage.admin.delete(path)).status).toBe(204);
    expect((await stage.admin.delete(path)).body).toMatchObject({ code: 'MODEL_NOT_FOUND' });
    expect((await run()).body).toMatchObject({ code: 'MODEL_NOT_FOUND' });
    const route = await stage.admin.put('/v1/routes/late', {
      targets: [{ provider: 'echo', model_name: 'deleted' }],
    });
    expect(route.body).toMatchObject({ code: 'MODEL_NOT_FOUND' });
    expect((await stage.admin.get(`/v1/executions/${before.body.execution_id}`)).body).toMatchObject({
      model: { provider: 'echo', model_name: 'deleted' },
    });
    await stage.admin.put(path, {});
    expect((await run()).status).toBe(before.status);
  });
});
