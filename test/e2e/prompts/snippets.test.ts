import { PromptLedger } from '../../../sdk/src/index.js';
import type { ApiBody } from '../../support/api-client.js';
import { otherProject } from '../other-project.js';
import {
  ADMIN_KEY,
  ANY_ID,
  ANY_TIME,
  ECHO,
  expectProblem,
  getExecution,
  promptPath,
  putPrompt,
  type Stage,
  startStage,
} from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ DEFAULT_MODEL: 'echo/echo' });
});
afterAll(() => stage.close());

interface Put extends ApiBody {
  readonly version: {
    readonly version_id: string;
    readonly version_number: number;
    readonly checksum_hash: string;
  };
  readonly version_change: boolean;
}

const snippetPath = (name: string) => `/v1/snippets/${encodeURIComponent(name)}`;

async function putSnippet(name: string, template_source: string, more: ApiBody = {}): Promise<Put> {
  const answer = await stage.admin.put<Put>(snippetPath(name), { template_source, ...more });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

const render = async (name: string, variables: ApiBody = {}, version_number: number | null = null) =>
  (
    await stage.admin.post<{ rendered_prompt: string }>(`${promptPath(name)}:render`, {
      variables,
      version_number,
    })
  ).body.rendered_prompt;

describe('a snippet', () => {
  it('has versions as prompts have', async () => {
    const first = await putSnippet('team/tone', 'Be kind to {{who}}.', {
      description: 'Tone',
      created_by: 'ada',
    });
    expect(first).toMatchObject({
      snippet: { snippet_id: ANY_ID, name: 'team/tone' },
      version: { version_id: ANY_ID, version_number: 1 },
      version_change: true,
    });
    const second = await putSnippet('team/tone', 'Be brief with {{who}}.');
    expect(second.version.version_number).toBe(2);
    const again = await putSnippet('team/tone', 'Be kind to {{who}}.');
    expect(again).toMatchObject({ version: first.version, version_change: false });
    expect((await stage.admin.get(snippetPath('team/tone'))).body).toEqual({
      snippet_id: ANY_ID,
      name: 'team/tone',
      description: 'Tone',
      latest_version_number: 2,
      created_at: ANY_TIME,
      updated_at: ANY_TIME,
      latest_version: {
        ...second.version,
        created_by: null,
        commit_message: null,
        created_at: ANY_TIME,
        snippet_id: ANY_ID,
        snippet_name: 'team/tone',
        template_source: 'Be brief with {{who}}.',
        variables: ['who'],
        renderer: 'liquid-1',
      },
    });
    const versions = await stage.admin.get<ApiBody[]>(`${snippetPath('team/tone')}/versions`);
    expect(versions.body.map((version) => version['version_number'])).toEqual([2, 1]);
    expect((await stage.admin.get(`${snippetPath('team/tone')}/versions/1`)).body).toMatchObject({
      created_by: 'ada',
      template_source: 'Be kind to {{who}}.',
    });
    const list = await stage.admin.get<{ snippets: ApiBody[] }>('/v1/snippets?q=team/&limit=1');
    expect(list.body).toMatchObject({ snippets: [{ name: 'team/tone' }], next_cursor: null });
    const audit = await stage.admin.get<{ entries: ApiBody[] }>('/v1/audit?action=snippet.put');
    expect(audit.body.entries).toHaveLength(3);
  });

  it('that is not there, or of another project, is a 404', async () => {
    const foreign = await otherProject(stage);
    await putSnippet('secret', 'x');
    for (const path of ['', '/versions', '/versions/1', '/usage']) {
      const there = await foreign.get(`${snippetPath('secret')}${path}`);
      expectProblem(there, 404, 'SNIPPET_NOT_FOUND');
      expectProblem(await stage.admin.get(`${snippetPath('none')}${path}`), 404, 'SNIPPET_NOT_FOUND');
    }
    expectProblem(await foreign.delete(snippetPath('secret')), 404, 'SNIPPET_NOT_FOUND');
    expectProblem(await stage.admin.get(`${snippetPath('secret')}/versions/2`), 404, 'VERSION_NOT_FOUND');
    const used = await foreign.put(promptPath('thief'), {
      template_source: '{% render "snippet/secret@1" %}',
    });
    expectProblem(used, 422, 'TEMPLATE_INVALID');
  });

  it.each<[string, ApiBody, number, string]>([
    ['no text', {}, 400, 'VALIDATION_FAILED'],
    ['another field', { template_source: 'x', set_active: true }, 400, 'VALIDATION_FAILED'],
    ['a text that does not parse', { template_source: '{{' }, 422, 'TEMPLATE_INVALID'],
    ['itself', { template_source: '{% render "snippet/refused@1" %}' }, 422, 'TEMPLATE_INVALID'],
    [
      'one that is not there',
      { template_source: '{% render "snippet/nowhere@1" %}' },
      422,
      'TEMPLATE_INVALID',
    ],
  ])('is refused with %s', async (_, body, status, code) => {
    expectProblem(await stage.admin.put(snippetPath('refused'), body), status, code);
    expectProblem(await stage.admin.get(snippetPath('refused')), 404, 'SNIPPET_NOT_FOUND');
  });
});

describe('a prompt with snippets', () => {
  it('renders, runs and is read with the version that it names, now and later', async () => {
    const tone = await putSnippet('tone', 'Write for {{audience}}.');
    const whole = await putSnippet('frame', '[{% render "snippet/tone@1", audience: a %}]');
    const template = '{% render "snippet/frame@1", a: readers %} Announce {{news}}.';
    const { version } = await putPrompt(stage.admin, 'letter', template);
    const variables = { readers: 'gardeners', news: 'spring' };
    const text = '[Write for gardeners.] Announce spring.';
    expect(await render('letter', variables)).toBe(text);
    const run = await stage.admin.post<{ execution_id: string }>('/v1/executions:run', {
      prompt_name: 'letter',
      model: ECHO,
      variables,
    });
    expect(await getExecution(stage.admin, run.body.execution_id)).toMatchObject({
      status: 'succeeded',
      rendered_prompt: text,
      checksum_hash: version.checksum_hash,
    });
    const read = await stage.admin.get(`${promptPath('letter')}/versions/1`);
    expect(read.body).toMatchObject({
      renderer: 'liquid-2',
      variables: ['readers', 'news'],
      snippets: [
        { name: 'frame', ...whole.version },
        { name: 'tone', ...tone.version, template_source: 'Write for {{audience}}.' },
      ],
    });
    await putSnippet('tone', 'Write otherwise for {{audience}}.');
    await putPrompt(stage.admin, 'letter', 'Something else');
    expect(await render('letter', variables, 1)).toBe(text);
    const ledger = new PromptLedger({ baseUrl: stage.ledger.url, apiKey: ADMIN_KEY });
    const prompt = await ledger.getPrompt('letter', { version: 1 });
    expect(prompt.compile(variables)).toBe(text);
    expect(prompt.checksum_hash).toBe(version.checksum_hash);
    expectProblem(
      await stage.admin.post(`${promptPath('letter')}:render`, { variables: {}, version_number: 1 }),
      422,
      'TEMPLATE_VARIABLES_MISSING',
    );
  });

  it('has another checksum through another pin, and the one of before without any', async () => {
    await putSnippet('one', 'same text');
    await putSnippet('two', 'same text');
    const put = async (pin: string) =>
      (await putPrompt(stage.admin, 'sums', `{% render "snippet/${pin}" %}`)).version;
    const [one, two, again] = [await put('one@1'), await put('two@1'), await put('one@1')];
    expect(one.checksum_hash).not.toBe(two.checksum_hash);
    expect(again).toMatchObject({ version_id: one.version_id, version_number: 1 });
    await stage.admin.delete(promptPath('sums'));
    // The same template now includes another text of the same name and number.
    expect((await stage.admin.delete(snippetPath('one'))).status).toBe(204);
    await putSnippet('one', 'another text');
    expect((await put('one@1')).checksum_hash).not.toBe(one.checksum_hash);
    // sha256 of "x"
    expect((await putPrompt(stage.admin, 'no-sums', 'x')).version.checksum_hash).toBe(
      '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
    );
  });

  it('is told of by the snippet, which cannot be deleted then', async () => {
    await putSnippet('used', 'x');
    await putSnippet('used', 'y {% render "snippet/used@1" %}');
    await putSnippet('between', '{% render "snippet/used@2" %}');
    await putPrompt(stage.admin, 'user', [{ role: 'user', content: '{% render "snippet/between@1" %}' }]);
    const usage = await stage.admin.get<{ usage: ApiBody[]; next_cursor: string | null }>(
      `${snippetPath('used')}/usage`,
    );
    expect(
      usage.body.usage.map(({ kind, name, version_number, snippet_version_number, direct, environments }) => [
        kind,
        name,
        version_number,
        snippet_version_number,
        direct,
        environments,
      ]),
    ).toEqual([
      ['prompt', 'user', 1, 2, false, ['default']],
      ['prompt', 'user', 1, 1, false, ['default']],
      ['snippet', 'between', 1, 2, true, []],
      ['snippet', 'between', 1, 1, false, []],
      ['snippet', 'used', 2, 1, true, []],
    ]);
    const page = await stage.admin.get<{ usage: ApiBody[]; next_cursor: string }>(
      `${snippetPath('used')}/usage?limit=2`,
    );
    const rest = await stage.admin.get<{ usage: ApiBody[]; next_cursor: null }>(
      `${snippetPath('used')}/usage?limit=3&cursor=${page.body.next_cursor}`,
    );
    expect([...page.body.usage, ...rest.body.usage]).toEqual(usage.body.usage);
    expect(rest.body.next_cursor).toBeNull();
    expectProblem(await stage.admin.delete(snippetPath('used')), 409, 'SNIPPET_IN_USE');
    expectProblem(await stage.admin.delete(snippetPath('between')), 409, 'SNIPPET_IN_USE');
    await stage.admin.delete(promptPath('user'));
    expectProblem(await stage.admin.delete(snippetPath('used')), 409, 'SNIPPET_IN_USE');
    expect((await stage.admin.delete(snippetPath('between'))).status).toBe(204);
    expect((await stage.admin.delete(snippetPath('used'))).status).toBe(204);
    expectProblem(await stage.admin.get(snippetPath('used')), 404, 'SNIPPET_NOT_FOUND');
  });

  it('is refused where a pin is unknown, and in code', async () => {
    await putSnippet('known', 'x');
    for (const pin of ['known@2', 'unknown@1', 'known@2147483648', 'known']) {
      const answer = await stage.admin.put(promptPath('unknown'), {
        template_source: `one\n{% render "snippet/${pin}" %}`,
      });
      expectProblem(answer, 422, 'TEMPLATE_INVALID');
      expect(answer.body).toMatchObject({ line: 2 });
    }
    const prompts = [{ name: 'IN_CODE', template_source: '{% render "snippet/known@1" %}' }];
    expectProblem(await stage.admin.post('/v1/prompts/register-code', { prompts }), 422, 'TEMPLATE_INVALID');
  });

  it('may name a thousand of them, and no more', async () => {
    const names = Array.from({ length: 1_001 }, (_, index) => `many-${index}`);
    await stage.sql(
      `WITH made AS (INSERT INTO snippets (project_id, name) SELECT p.project_id, n FROM projects p, unnest($1::text[]) AS n
         WHERE p.name = 'default' RETURNING project_id, snippet_id)
       INSERT INTO snippet_versions (project_id, snippet_id, version_number, template_source, checksum_hash, renderer, variables)
       SELECT project_id, snippet_id, 1, '.', encode(sha256('.'), 'hex'), 'liquid-1', '{}' FROM made`,
      [names],
    );
    const template = (count: number) =>
      names
        .slice(0, count)
        .map((name) => `{% render "snippet/${name}@1" %}`)
        .join('');
    await putPrompt(stage.admin, 'thousand', template(1_000));
    expect(await render('thousand')).toBe('.'.repeat(1_000));
    expect((await stage.admin.get(`${snippetPath('many-7')}/usage`)).body).toMatchObject({
      usage: [{ kind: 'prompt', name: 'thousand', version_number: 1 }],
    });
    expectProblem(await stage.admin.delete(snippetPath('many-999')), 409, 'SNIPPET_IN_USE');
    expectProblem(
      await stage.admin.put(promptPath('thousand'), { template_source: template(1_001) }),
      422,
      'TEMPLATE_INVALID',
    );
  });

  it('holds its snippets while it is put: of a deletion at the same time one is refused', async () => {
    for (let round = 0; round < 10; round += 1) {
      await putSnippet('raced', `text ${round}`);
      const versions = await stage.admin.get<{ version_number: number }[]>(
        `${snippetPath('raced')}/versions`,
      );
      const number = versions.body[0]?.version_number;
      const [put, deleted] = await Promise.all([
        stage.admin.put(promptPath(`racer-${round}`), {
          template_source: `{% render "snippet/raced@${number}" %}`,
        }),
        stage.admin.delete(snippetPath('raced')),
      ]);
      expect([put.status, deleted.status]).toEqual(put.status === 200 ? [200, 409] : [422, 204]);
      await stage.admin.delete(promptPath(`racer-${round}`));
    }
  });
});
