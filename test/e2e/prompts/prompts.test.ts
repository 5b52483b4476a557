import { createHash } from 'node:crypto';
import type { ApiBody } from '../../support/api-client.js';
import {
  ANY_ID,
  ANY_TIME,
  ECHO,
  expectProblem,
  promptPath,
  type PutAnswer,
  putPrompt,
  type Stage,
  startStage,
} from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

async function put(name: string, body: ApiBody): Promise<PutAnswer> {
  const answer = await stage.admin.put<PutAnswer>(promptPath(name), body);
  expect(answer.status).toBe(200);
  return answer.body;
}

const versionsOf = async (name: string) =>
  (await stage.admin.get<ApiBody[]>(`${promptPath(name)}/versions`)).body;
const activeOf = async (name: string) =>
  (await stage.admin.get<{ active_version: ApiBody | null }>(promptPath(name))).body.active_version;

describe('PUT of a text prompt', () => {
  it('creates it, and everything can be read back', async () => {
    const template_source = 'Summarize:\n{{text}} — ünï {{ text }}{{ other.part }}';
    const body = { description: 'Summarize documents', owner_team: 'AI-Platform', tags: ['docs', 'b'] };
    const more = { created_by: 'martin', commit_message: 'first cut', set_active: true };
    const created = await put('team/doc_summarizer', { template_source, ...body, ...more });
    const checksum_hash = sha256(template_source);
    expect(created).toEqual({
      prompt: { prompt_id: ANY_ID, name: 'team/doc_summarizer', mode: 'full' },
      version: { version_id: ANY_ID, version_number: 1, checksum_hash, status: 'active' },
      version_change: true,
      warnings: [],
    });
    const { version_id } = created.version;
    const read = await stage.admin.get(promptPath('team/doc_summarizer'));
    expect(read.body).toEqual({
      prompt_id: created.prompt.prompt_id,
      name: 'team/doc_summarizer',
      mode: 'full',
      ...body,
      created_at: ANY_TIME,
      updated_at: ANY_TIME,
      retired_at: null,
      active_version: {
        version_id,
        version_number: 1,
        template_source,
        checksum_hash,
        status: 'active',
        variables: expect.arrayContaining(['text', 'other']) as string[],
      },
    });
    const row = { version_id, version_number: 1, status: 'active', checksum_hash, created_at: ANY_TIME };
    const facts = { created_by: 'martin', commit_message: 'first cut' };
    expect(await versionsOf('team/doc_summarizer')).toEqual([{ ...row, ...facts }]);
    for (const path of [`${promptPath('team/doc_summarizer')}/versions/1`, `/v1/versions/${version_id}`]) {
      expect((await stage.admin.get(path)).body).toMatchObject({ ...row, ...facts, template_source });
    }
  });

  it('does not activate unless it is asked to', async () => {
    const created = await put('drafted', { template_source: 'x' });
    expect(created.version.status).toBe('draft');
    expect(await activeOf('drafted')).toBeNull();
  });

  it('keeps an old version for content it has had before, and can point to it again', async () => {
    await put('dedup', { template_source: 'one', set_active: true });
    const second = await put('dedup', { template_source: 'two', set_active: true });
    const again = await put('dedup', { template_source: 'one' });
    expect(again).toMatchObject({
      version: { version_number: 1, status: 'deprecated' },
      version_change: false,
    });
    expect(await activeOf('dedup')).toMatchObject({ version_id: second.version.version_id });
    const back = await put('dedup', { template_source: 'one', set_active: true });
    expect(back).toMatchObject({ version: { version_number: 1, status: 'active' }, version_change: false });
    expect(await activeOf('dedup')).toMatchObject({ version_number: 1, template_source: 'one' });
    const third = await put('dedup', { template_source: 'three' });
    expect(third).toMatchObject({ version: { version_number: 3, status: 'draft' }, version_change: true });
    expect(await versionsOf('dedup')).toMatchObject([
      { version_number: 3, status: 'draft' },
      { version_number: 2, status: 'deprecated' },
      { version_number: 1, status: 'active' },
    ]);
  });

  it('tells contents apart by their bytes', async () => {
    const contents = ['a\n', 'a\r\n', 'a', ' a', '\u00e9', 'e\u0301', '', 'A'];
    const numbers: number[] = [];
    for (const template_source of contents) {
      const { version } = await put('bytes', { template_source });
      expect(version.checksum_hash).toBe(sha256(template_source));
      numbers.push(version.version_number);
    }
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('leaves metadata that is left out as it was', async () => {
    const metadata = { description: 'd', owner_team: 'o', tags: ['t'] };
    await put('metadata', { template_source: 'x', ...metadata, created_by: 'a', commit_message: 'm' });
    await put('metadata', { template_source: 'y' });
    expect((await stage.admin.get(promptPath('metadata'))).body).toMatchObject(metadata);
    await put('metadata', { template_source: 'y', description: 'changed', tags: [] });
    expect((await stage.admin.get(promptPath('metadata'))).body).toMatchObject({
      description: 'changed',
      owner_team: 'o',
      tags: [],
    });
    const versions = await versionsOf('metadata');
    expect(versions.map((version) => version['created_by'])).toEqual([null, 'a']);
    expect(versions.map((version) => version['commit_message'])).toEqual([null, 'm']);
  });

  it('of a template that does not parse changes nothing', async () => {
    await put('sound', { template_source: 'x', description: 'before', set_active: true });
    const answer = await stage.admin.put(promptPath('sound'), {
      template_source: '{{',
      description: 'after',
    });
    expectProblem(answer, 422, 'TEMPLATE_INVALID');
    expect((await stage.admin.get(promptPath('sound'))).body).toMatchObject({ description: 'before' });
    expect(await versionsOf('sound')).toHaveLength(1);
  });

  it('makes one version of twenty equal ones at once', async () => {
    const body = { template_source: 'the same {{x}}', set_active: true };
    const answers = await Promise.all(Array.from({ length: 20 }, () => put('equal', body)));
    expect(new Set(answers.map(({ version }) => version.version_id)).size).toBe(1);
    expect(answers.map(({ version }) => version.version_number)).toEqual(Array<number>(20).fill(1));
    expect(answers.filter(({ version_change }) => version_change)).toHaveLength(1);
    expect(await versionsOf('equal')).toHaveLength(1);
  });

  it('makes twenty numbers without a gap of twenty different ones at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        put('different', { template_source: `number ${index}`, set_active: true }),
      ),
    );
    const numbers = answers.map(({ version }) => version.version_number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(answers.every(({ version_change }) => version_change)).toBe(true);
    const versions = await versionsOf('different');
    expect(versions.map((version) => version['version_number'])).toEqual([...numbers].reverse());
    expect(versions.filter((version) => version['status'] === 'active')).toHaveLength(1);
    for (const [index, { version }] of answers.entries()) {
      const read = await stage.admin.get(`/v1/versions/${version.version_id}`);
      expect(read.body).toMatchObject({
        template_source: `number ${index}`,
        version_number: version.version_number,
      });
    }
  });
});

describe('PUT of a chat prompt', () => {
  const messages = [
    { role: 'system', content: 'You are {{tone}}.' },
    { role: 'user', content: 'Hi {{name}}' },
    { role: 'assistant', content: '' },
  ];

  it('keeps its messages as they came', async () => {
    const created = await putPrompt(stage.admin, 'chat', messages);
    expect(created.version.checksum_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(created.version.checksum_hash).not.toBe(sha256(JSON.stringify(messages)));
    const active = await activeOf('chat');
    expect(active).toMatchObject({
      messages,
      variables: expect.arrayContaining(['tone', 'name']) as string[],
    });
    expect(active).not.toHaveProperty('template_source');
    const rendered = await stage.admin.post(`${promptPath('chat')}:render`, {
      variables: { tone: 'kind', name: 'Ada' },
    });
    expect(rendered.body).toEqual({
      messages: [
        { role: 'system', content: 'You are kind.' },
        { role: 'user', content: 'Hi Ada' },
        { role: 'assistant', content: '' },
      ],
      version_number: 1,
      checksum_hash: created.version.checksum_hash,
    });
  });

  it('is the same content whatever the order of its fields, and another in another order', async () => {
    const first = await put('chat-order', { messages });
    const swapped = messages.map(({ role, content }) => ({ content, role }));
    expect(await put('chat-order', { messages: swapped })).toMatchObject({ version_change: false });
    const reversed = await put('chat-order', { messages: [...messages].reverse() });
    expect(reversed).toMatchObject({ version: { version_number: 2 }, version_change: true });
    expect(reversed.version.checksum_hash).not.toBe(first.version.checksum_hash);
    expect((await put('chat-order-2', { messages })).version.checksum_hash).toBe(first.version.checksum_hash);
  });

  it('and of a text prompt do not mix: a prompt keeps its kind', async () => {
    await put('kind-chat', { messages });
    await put('kind-text', { template_source: 'x' });
    const asText = await stage.admin.put(promptPath('kind-chat'), { template_source: 'x' });
    const asChat = await stage.admin.put(promptPath('kind-text'), { messages });
    for (const answer of [asText, asChat]) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expectProblem(answer, answer.status, String(answer.body['code']));
    }
    expect(await versionsOf('kind-text')).toHaveLength(1);
  });
});

describe(':activate', () => {
  it('points at any version there is, and answers as PUT does', async () => {
    const first = await put('pointed', { template_source: 'one' });
    await put('pointed', { template_source: 'two', set_active: true });
    const answer = await stage.admin.post(`${promptPath('pointed')}/versions/1:activate`);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      prompt: first.prompt,
      version: { ...first.version, status: 'active' },
      version_change: false,
      warnings: [],
    });
    expect(await versionsOf('pointed')).toMatchObject([{ status: 'deprecated' }, { status: 'active' }]);
  });
});

describe(':render', () => {
  it('renders the active version, or the one that is asked for, and calls nobody', async () => {
    await putPrompt(stage.admin, 'rendered', 'Old {{x}}');
    const { version } = await putPrompt(stage.admin, 'rendered', 'New {{x}} <b>&</b>');
    const path = `${promptPath('rendered')}:render`;
    expect((await stage.admin.post(path, { variables: { x: '<1>' } })).body).toEqual({
      rendered_prompt: 'New <1> <b>&</b>',
      version_number: 2,
      checksum_hash: version.checksum_hash,
    });
    const old = await stage.admin.post(path, { variables: { x: 1 }, version_number: 1 });
    expect(old.body).toMatchObject({ rendered_prompt: 'Old 1', version_number: 1 });
    expect((await stage.admin.get('/v1/executions?prompt_name=rendered')).body).toMatchObject({
      executions: [],
    });
    expect(stage.openai.requests).toHaveLength(0);
  });
});

describe('DELETE', () => {
  it('frees the name, and keeps versions and executions readable by id', async () => {
    const old = await putPrompt(stage.admin, 'gone', 'Hello {{x}}');
    const body = { prompt_name: 'gone', variables: { x: 1 }, model: ECHO };
    const run = await stage.admin.post('/v1/executions:run', body);
    expect(await stage.admin.delete(promptPath('gone'))).toMatchObject({ status: 204, body: null });
    expectProblem(await stage.admin.get(promptPath('gone')), 404, 'PROMPT_NOT_FOUND');
    expectProblem(await stage.admin.delete(promptPath('gone')), 404, 'PROMPT_NOT_FOUND');
    expectProblem(await stage.admin.post('/v1/executions:run', body), 404, 'PROMPT_NOT_FOUND');
    expect((await stage.admin.get('/v1/prompts?q=gone')).body).toMatchObject({ prompts: [] });
    expect((await stage.admin.get(`/v1/versions/${old.version.version_id}`)).body).toMatchObject({
      template_source: 'Hello {{x}}',
      version_number: 1,
    });
    expect((await stage.admin.get(`/v1/executions/${String(run.body['execution_id'])}`)).body).toMatchObject({
      prompt_name: 'gone',
      version_number: 1,
      rendered_prompt: 'Hello 1',
    });
    const fresh = await putPrompt(stage.admin, 'gone', [{ role: 'user', content: 'another kind' }]);
    expect(fresh.version.version_number).toBe(1);
    expect(fresh.prompt.prompt_id).not.toBe(old.prompt.prompt_id);
    expect(await versionsOf('gone')).toHaveLength(1);
  });
});
