import { api, type ApiBody, type ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { freePort, type LedgerProcess, startLedger } from '../../support/servers/processes.js';
import { ADMIN_KEY, ECHO, expectProblem, promptPath, putPrompt, type Stage, startStage } from '../stage.js';

const NO_CACHE = { 'cache-control': 'no-cache' };

interface Read extends ApiBody {
  readonly description: string | null;
  readonly active_version: { readonly version_number: number; readonly template_source: string } | null;
}

/** Two API processes on one database: one makes the changes, and the other reads. */
describe('what one process changes, another', () => {
  let stage: Stage;
  let second: LedgerProcess;
  let writer: ApiClient;
  let reader: ApiClient;

  beforeAll(async () => {
    stage = await startStage({ WORKER: 'off' });
    second = await startLedger({ env: { ...stage.env, WORKER: 'off' } });
    writer = stage.admin;
    reader = api(second.url, ADMIN_KEY);
  });
  afterAll(async () => {
    await second.stop();
    await stage.close();
  });

  const read = (client: ApiClient, name: string, headers?: Record<string, string>) =>
    client.get<Read>(promptPath(name), headers);
  const textOf = async (client: ApiClient, name: string, headers?: Record<string, string>) =>
    (await read(client, name, headers)).body.active_version?.template_source;
  const render = (client: ApiClient, name: string, more: ApiBody = {}) =>
    client.post<{ rendered_prompt: string }>(`${promptPath(name)}:render`, more);

  async function run(client: ApiClient, name: string): Promise<number> {
    const answer = await client.post<{ execution_id: string }>('/v1/executions:run', {
      prompt_name: name,
      model: ECHO,
    });
    expect(answer.status).toBe(200);
    const [row] = await stage.sql<{ version_number: number }>(
      `SELECT v.version_number FROM executions_all e JOIN prompt_versions v USING (project_id, version_id) WHERE e.execution_id = $1`,
      [answer.body.execution_id],
    );
    return row?.version_number ?? 0;
  }

  /** Bypasses the caches: nobody is notified, so a process that has read the prompt keeps its old state. */
  async function changeInSilence(name: string, description: string): Promise<void> {
    await stage.sql('UPDATE prompts SET description = $2 WHERE name = $1', [name, description]);
  }

  const listeners = () =>
    stage.sql<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'prompt-ledger listener'`,
    );

  it('runs at once, and shows at once to who asks for no cache', async () => {
    for (let number = 1; number <= 10; number += 1) {
      await putPrompt(writer, 'moving', `version ${number}`);
      expect(await run(reader, 'moving')).toBe(number);
      expect(await textOf(reader, 'moving', NO_CACHE)).toBe(`version ${number}`);
    }
  });

  it('shows soon to who reads and renders in the plain way', async () => {
    await putPrompt(writer, 'soon', 'first');
    await eventually(async () => (await textOf(reader, 'soon')) === 'first');
    expect((await render(reader, 'soon')).body.rendered_prompt).toBe('first');
    await putPrompt(writer, 'soon', 'second');
    await eventually(async () => (await textOf(reader, 'soon')) === 'second');
    await eventually(async () => (await render(reader, 'soon')).body.rendered_prompt === 'second');
    await writer.post(`${promptPath('soon')}/versions/1:activate`);
    await eventually(async () => (await textOf(reader, 'soon')) === 'first');
    await eventually(async () => (await render(reader, 'soon')).body.rendered_prompt === 'first');
    await writer.put(promptPath('soon'), { template_source: 'first', description: 'new' });
    await eventually(async () => (await read(reader, 'soon')).body.description === 'new');
  });

  it('deletes for good, and a prompt that takes the name is another one', async () => {
    const before = await putPrompt(writer, 'deleted', 'old');
    await eventually(async () => (await textOf(reader, 'deleted')) === 'old');
    expect((await writer.delete(promptPath('deleted'))).status).toBe(204);
    expectProblem(await read(writer, 'deleted'), 404, 'PROMPT_NOT_FOUND');
    expectProblem(await read(reader, 'deleted', NO_CACHE), 404, 'PROMPT_NOT_FOUND');
    const refused = await reader.post('/v1/executions:run', { prompt_name: 'deleted', model: ECHO });
    expectProblem(refused, 404, 'PROMPT_NOT_FOUND');
    await eventually(async () => (await read(reader, 'deleted')).status === 404);
    await eventually(async () => (await render(reader, 'deleted')).status === 404);
    const after = await putPrompt(writer, 'deleted', 'new');
    expect(await run(reader, 'deleted')).toBe(1);
    await eventually(async () => (await textOf(reader, 'deleted')) === 'new');
    expect(after.prompt.prompt_id).not.toBe(before.prompt.prompt_id);
  });

  it('need not ask the database for, until it changes', async () => {
    await putPrompt(writer, 'known', 'text', { description: 'told' });
    // Until the process follows the prompt, every read goes to the database.
    await eventually(async () => {
      await changeInSilence('known', 'told');
      await read(reader, 'known', NO_CACHE);
      await changeInSilence('known', 'not told');
      return (await read(reader, 'known')).body.description === 'told';
    });
    expect((await read(reader, 'known', NO_CACHE)).body.description).toBe('not told');
    expect((await read(reader, 'known')).body.description).toBe('not told');
  });

  it('answers in the same form from memory and from the database', async () => {
    await putPrompt(writer, 'form', [{ role: 'user', content: 'Grüße {{name}} 🙂' }], { tags: ['ü'] });
    const answers = await Promise.all(
      [NO_CACHE, {}, {}].map(async (headers) => {
        const response = await fetch(`${second.url}${promptPath('form')}`, {
          headers: { 'x-api-key': ADMIN_KEY, ...headers },
        });
        const names = ['content-type', 'content-length', 'etag'];
        return [await response.text(), ...names.map((name) => response.headers.get(name))];
      }),
    );
    const [text, type, length, etag] = answers[0] as [string, string, string, null];
    expect([type, length, etag]).toEqual([
      'application/json; charset=utf-8',
      String(Buffer.byteLength(text)),
      null,
    ]);
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
  });

  it('shows to the one that wrote it before anybody else knows', async () => {
    for (let number = 1; number <= 30; number += 1) {
      const text = `version ${number}`;
      // Readers keep loads under way when the change is answered.
      const readers = Array.from({ length: 5 }, () => read(writer, 'own'));
      await putPrompt(writer, 'own', text);
      expect(await textOf(writer, 'own')).toBe(text);
      expect((await render(writer, 'own')).body.rendered_prompt).toBe(text);
      await Promise.all(readers);
    }
  });

  it('hears of over one connection each, and after that one was cut too', async () => {
    await putPrompt(writer, 'cut', 'before');
    for (const client of [writer, reader]) {
      await eventually(async () => (await textOf(client, 'cut')) === 'before');
    }
    await eventually(async () => (await listeners()).length === 2);
    const cut = await listeners();
    await stage.sql('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [
      cut.map(({ pid }) => pid),
    ]);
    await putPrompt(writer, 'cut', 'while nobody listened');
    await eventually(async () => (await textOf(reader, 'cut')) === 'while nobody listened');
    await eventually(async () => (await listeners()).length === 2);
    const pids = (await listeners()).map(({ pid }) => pid);
    expect(pids.filter((pid) => cut.some((old) => old.pid === pid))).toEqual([]);
    await putPrompt(writer, 'cut', 'after');
    await eventually(async () => (await textOf(reader, 'cut')) === 'after');
  });

  it('reads from the database each time while it cannot listen', async () => {
    const nowhere = new URL(stage.env['DATABASE_URL'] as string);
    nowhere.port = String(await freePort());
    const deaf = await startLedger({
      env: { ...stage.env, WORKER: 'off', DATABASE_DIRECT_URL: nowhere.href },
    });
    const client = api(deaf.url, ADMIN_KEY);
    for (let number = 1; number <= 10; number += 1) {
      await putPrompt(writer, 'deaf', `version ${number}`);
      expect(await textOf(client, 'deaf')).toBe(`version ${number}`);
      expect((await render(client, 'deaf')).body.rendered_prompt).toBe(`version ${number}`);
    }
    await deaf.stop();
  });
});
