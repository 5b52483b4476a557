import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PromptLedger } from '../../../sdk/src/index.js';
import type { ApiBody } from '../../support/api-client.js';
import { cliOf } from '../cli.js';
import { ADMIN_KEY, expectProblem, promptPath, putPrompt, type Stage, startStage } from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const tool = (name: string, more: ApiBody = {}) => ({ type: 'function', function: { name, ...more } });
/** Keys that are not in alphabetical order, and keys that could reach a prototype. */
const PARAMETERS = {
  type: 'object',
  required: ['number'],
  properties: { number: { type: 'integer' }, constructor: { prototype: { toString: null } } },
};
const EXTRAS = {
  tools: [
    tool('find_order', { description: 'Of {{x}}', parameters: PARAMETERS, strict: true }),
    tool('stop'),
  ],
  tool_choice: tool('stop'),
  parallel_tool_calls: false,
  response_format: { type: 'json_schema', json_schema: { name: 'order', schema: { a: [1e30, 0.5] } } },
};

const versionOf = async (name: string, number: number) =>
  (await stage.admin.get(`${promptPath(name)}/versions/${number}`)).body;
const activeOf = async (name: string) =>
  (await stage.admin.get<{ active_version: ApiBody }>(promptPath(name))).body.active_version;

describe('tools and a response format', () => {
  it('come back as they were sent, wherever the version is read', async () => {
    const { version } = await putPrompt(stage.admin, 'whole', 'Find {{order}}', EXTRAS);
    const byId = (await stage.admin.get(`/v1/versions/${version.version_id}`)).body;
    for (const read of [await activeOf('whole'), await versionOf('whole', 1), byId]) {
      expect(read).toMatchObject({ template_source: 'Find {{order}}', variables: ['order'], ...EXTRAS });
      // The order counts, because models write members in the order of the schema.
      expect(JSON.stringify(read['tools'])).toBe(JSON.stringify(EXTRAS.tools));
    }
  });

  it('are nothing where there is none: not in the answers, not in the table', async () => {
    const none = {
      tools: null,
      tool_choice: null,
      parallel_tool_calls: null,
      response_format: { type: 'text' },
    };
    await putPrompt(stage.admin, 'plain', 'x', none);
    for (const read of [await activeOf('plain'), await versionOf('plain', 1)]) {
      expect(Object.keys(read)).not.toEqual(expect.arrayContaining(['tools']));
      expect(Object.keys(read)).not.toEqual(expect.arrayContaining(['response_format']));
      // sha256 of "x"
      expect(read['checksum_hash']).toBe('2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881');
    }
    const rows = await stage.sql(
      'SELECT content FROM prompt_versions JOIN prompts USING (project_id, prompt_id) WHERE name = $1',
      ['plain'],
    );
    expect(rows).toEqual([{ content: null }]);
  });

  it('belong to the content: the same ones are that version again, others and none are further ones', async () => {
    const messages = [{ role: 'user', content: 'Hi' }];
    const put = (more: ApiBody) => putPrompt(stage.admin, 'numbers', messages, more);
    const numberOf = async (more: ApiBody) => {
      const { version, version_change } = await put(more);
      return [version.version_number, version_change];
    };
    expect(await numberOf(EXTRAS)).toEqual([1, true]);
    const lax = JSON.parse(JSON.stringify(EXTRAS).replace('"strict":true', '"strict":false')) as ApiBody;
    expect(await numberOf(lax)).toEqual([2, true]);
    const { tools } = EXTRAS;
    const { type, required, properties } = PARAMETERS;
    const reordered = { properties, type, required };
    const find = tool('find_order', { strict: true, parameters: reordered, description: 'Of {{x}}' });
    expect(await numberOf({ ...EXTRAS, tools: [find, tools[1]] })).toEqual([1, false]);
    expect(await numberOf({ ...EXTRAS, tools: [...tools].reverse() })).toEqual([3, true]);
    expect(await numberOf({ ...EXTRAS, tool_choice: 'auto' })).toEqual([4, true]);
    expect(await numberOf({ response_format: { type: 'json_object' } })).toEqual([5, true]);
    expect(await numberOf({})).toEqual([6, true]);
    expect(await numberOf({ tools: null })).toEqual([6, false]);
  });

  it('are those of the version that is active', async () => {
    await putPrompt(stage.admin, 'pointed', 'x', { tools: [tool('one')] });
    await putPrompt(stage.admin, 'pointed', 'x');
    expect(await activeOf('pointed')).not.toHaveProperty('tools');
    await stage.admin.post(`${promptPath('pointed')}/versions/1:activate`);
    expect(await activeOf('pointed')).toMatchObject({ version_number: 1, tools: [tool('one')] });
  });

  it('change nothing of what is rendered', async () => {
    await putPrompt(stage.admin, 'rendered', 'Hi {{name}}', EXTRAS);
    const answer = await stage.admin.post(`${promptPath('rendered')}:render`, { variables: { name: 'Ada' } });
    expect(answer.body).toEqual({
      rendered_prompt: 'Hi Ada',
      version_number: 1,
      checksum_hash: expect.any(String) as string,
    });
  });

  it('are compared by the diff', async () => {
    await putPrompt(stage.admin, 'compared', 'Hi');
    await putPrompt(stage.admin, 'compared', 'Hi', { tools: [tool('one')] });
    await putPrompt(stage.admin, 'compared', 'Hi', { tools: [tool('two')], tool_choice: 'auto' });
    const diff = async (query: string) =>
      (await stage.admin.get(`${promptPath('compared')}/diff?${query}`)).body;
    expect(await diff('from=1&to=2')).toMatchObject({
      kind: 'text',
      identical: false,
      unified: `--- compared (version 1)
+++ compared (version 2)
@@ -1,2 +1,12 @@
 Hi
${' '}
+[tools]
+[
+  {
+    "type": "function",
+    "function": {
+      "name": "one"
+    }
+  }
+]
+
`,
    });
    const changed = (await diff('from=2&to=3'))['unified'];
    expect(changed).toContain('-      "name": "one"\n+      "name": "two"\n');
    expect(changed).toContain('+[tool_choice]\n+"auto"\n+\n');
    expect(await diff('from=2&to=2')).toMatchObject({ identical: true, unified: '', hunks: [] });
  });
});

describe('a PUT with tools or a response format that are not right', () => {
  const put = (more: ApiBody) => stage.admin.put(promptPath('refused'), { template_source: 'x', ...more });

  it.each<[string, ApiBody, string]>([
    ['a name with a blank', { tools: [tool('a'), tool('b c')] }, '/tools/1/function/name'],
    ['a name twice', { tools: [tool('a'), tool('a')] }, '/tools/1/function/name'],
    ['a member that nobody knows', { tools: [{ ...tool('a'), cache: 1 }] }, '/tools/0/cache'],
    ['no tools at all', { tools: [] }, '/tools'],
    ['a text for tools', { tools: 'find_order' }, '/tools'],
    ['a choice without tools', { tool_choice: 'auto' }, '/tool_choice'],
    [
      'a choice of none of the tools',
      { tools: [tool('a')], tool_choice: tool('b') },
      '/tool_choice/function/name',
    ],
    ['parallel calls without tools', { parallel_tool_calls: false }, '/parallel_tool_calls'],
    ['a format that there is not', { response_format: { type: 'xml' } }, '/response_format/type'],
    [
      'a schema that is none',
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: true } } },
      '/response_format/json_schema/schema',
    ],
  ])('is refused for %s, with the place', async (_what, more, pointer) => {
    const answer = await put(more);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toEqual([{ pointer, message: expect.any(String) as string }]);
    expect((await stage.admin.get(promptPath('refused'))).status).toBe(404);
  });

  it.each([
    ['a key that would be a prototype', '{"a":{"__proto__":{"polluted":true}}}', '/a/__proto__'],
    ['a key twice', '{"a":1,"a":2}', '/a'],
    ['NUL', '{"a":"\\u0000"}', '/a'],
    ['half a character', '{"a":["\\ud800"]}', '/a/0'],
    ['a number without end', '{"maximum":1e400}', '/maximum'],
  ])('is refused for %s within a schema', async (_what, schema, pointer) => {
    const body = `{"template_source":"x","tools":[{"type":"function","function":{"name":"a","parameters":${schema}}}]}`;
    const answer = await stage.admin.put(promptPath('refused'), body);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toMatchObject([{ pointer: `/tools/0/function/parameters${pointer}` }]);
    expect(({} as ApiBody)['polluted']).toBeUndefined();
  });

  it('is not refused for a number that is finer than a double, which is what it becomes', async () => {
    const body = `{"template_source":"x","response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"maximum":9223372036854775807}}}}`;
    expect((await stage.admin.put(promptPath('rounded'), body)).status).toBe(200);
    expect(await versionOf('rounded', 1)).toMatchObject({
      response_format: { json_schema: { schema: { maximum: 2 ** 63 } } },
    });
  });
});

describe('those who read them', () => {
  it('get the same checksum in a client', async () => {
    const { version } = await putPrompt(stage.admin, 'client', 'Find {{order}}', EXTRAS);
    const ledger = new PromptLedger({ baseUrl: stage.ledger.url, apiKey: ADMIN_KEY });
    const prompt = await ledger.getPrompt('client');
    expect(prompt).toMatchObject({ checksum_hash: version.checksum_hash, extras: EXTRAS });
    expect(prompt.compile({ order: '7' })).toBe('Find 7');
  });

  it('write them to files that are the same version when they come back', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ledger-test-extras-'));
    const cli = cliOf(stage);
    const before = await putPrompt(stage.admin, 'filed', [{ role: 'user', content: '{{x}}' }], EXTRAS);
    expect(await cli(['export', folder, '--prefix', 'filed'])).toMatchObject({ code: 0 });
    expect(await readFile(path.join(folder, 'filed.prompt.md'), 'utf8')).toContain(
      '      name: find_order\n',
    );
    const unchanged = await cli(['import', folder]);
    expect(unchanged).toMatchObject({ code: 0, stdout: '0 prompts imported, 1 unchanged.\n' });
    await stage.admin.delete(promptPath('filed'));
    expect(await cli(['import', folder])).toMatchObject({ code: 0 });
    const after = await activeOf('filed');
    expect(after).toMatchObject({ checksum_hash: before.version.checksum_hash, ...EXTRAS });
    await rm(folder, { recursive: true });
  });
});
