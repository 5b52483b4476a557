import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { eventually } from '../../support/eventually.js';
import { freePort, startLedger, startWorker } from '../../support/servers/processes.js';
import { ADMIN_KEY, ECHO, OPENAI, putPrompt, type Stage, startStage, submit, untilFinal } from '../stage.js';

const RUN = '/v1/executions:run';
const FOLDER = path.join(__dirname, '../../../docs/monitoring');

async function scrape(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/metrics`, { headers });
}

/** Returns each sample's value by its name with labels. */
async function samplesOf(url: string, headers: Record<string, string> = {}): Promise<Map<string, number>> {
  const answer = await scrape(url, headers);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** Sums all series with this name and these labels. */
function sumOf(
  samples: ReadonlyMap<string, number>,
  name: string,
  labels: Record<string, string> = {},
): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const found = [...samples].filter(
    ([key]) => key.split('{')[0] === name && wanted.every((one) => key.includes(one)),
  );
  return found.reduce((sum, [, value]) => sum + value, 0);
}

describe('the metrics of an API process', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await startStage();
    await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  });
  afterAll(() => stage.close());

  const run = (model: object, name = 'x') =>
    stage.admin.post(RUN, { prompt_name: 'greeting', variables: { name }, model });

  it('tell what was asked, executed, called and used', async () => {
    const { url } = stage.ledger;
    const before = await samplesOf(url);
    for (let n = 0; n < 3; n += 1) expect((await run(ECHO)).status).toBe(200);
    expect((await run(OPENAI)).status).toBe(200);
    expect(
      (await stage.admin.post(RUN, { prompt_name: 'greeting', variables: {}, model: ECHO })).status,
    ).toBe(422);
    const executionId = await submit(stage.admin, {
      prompt_name: 'greeting',
      variables: { name: 'y' },
      model: ECHO,
    });
    await untilFinal(stage.admin, executionId);
    await stage.admin.get('/v1/prompts/greeting');
    await stage.admin.get('/v1/no-such-route');
    let after = before;
    await eventually(async () => {
      after = await samplesOf(url);
      return sumOf(after, 'prompt_ledger_executions_total', { mode: 'async', status: 'succeeded' }) === 1;
    });
    const grown = (name: string, labels: Record<string, string>) =>
      sumOf(after, name, labels) - sumOf(before, name, labels);
    const requests = (route: string, status: string) =>
      grown('prompt_ledger_http_requests_total', { route, status });
    expect(requests('/v1/executions:run', '200')).toBe(4);
    expect(requests('/v1/executions:run', '422')).toBe(1);
    expect(requests('/v1/executions:submit', '202')).toBe(1);
    expect(requests('/v1/prompts/{name}', '200')).toBe(1);
    expect(requests('none', '404')).toBe(1);
    const timed = { method: 'POST', route: '/v1/executions:run', status: '2xx' };
    expect(grown('prompt_ledger_http_request_duration_seconds_count', timed)).toBe(4);
    const echo = { provider: 'echo', model: 'echo' };
    expect(grown('prompt_ledger_executions_total', { status: 'succeeded', mode: 'sync', ...echo })).toBe(3);
    expect(grown('prompt_ledger_attempts_total', { provider: 'echo', outcome: 'succeeded' })).toBe(4);
    expect(grown('prompt_ledger_call_duration_seconds_count', echo)).toBe(4);
    expect(
      grown('prompt_ledger_tokens_total', { provider: 'openai', model: 'gpt-4o-mini', kind: 'prompt' }),
    ).toBeGreaterThan(0);
    expect(grown('prompt_ledger_journal_rows_total', { journal: 'end' })).toBe(5);
    expect(grown('prompt_ledger_claimed_executions_total', {})).toBe(1);
    expect(grown('prompt_ledger_cache_requests_total', { cache: 'prompts', result: 'hit' })).toBeGreaterThan(
      0,
    );
    expect(sumOf(after, 'prompt_ledger_processes')).toBe(1);
    expect(sumOf(after, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  });

  it('have a thousand series at most, with many models, routes, methods and statuses', async () => {
    const models = Array.from({ length: 60 }, (_, n) => ({ provider: 'echo', model_name: `echo-many-${n}` }));
    for (const { provider, model_name: name } of models) {
      await stage.sql(
        `INSERT INTO models (project_id, provider, model_name) SELECT project_id, $1, $2 FROM projects WHERE name = 'default'`,
        [provider, name],
      );
    }
    await Promise.all(models.map((model) => run(model)));
    const paths = Object.keys((await stage.admin.get('/openapi.json')).body.paths as object);
    for (const route of paths) {
      const url = stage.ledger.url + route.replaceAll(/\{\w+\}/g, 'x');
      await Promise.all(
        ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'].flatMap((method) =>
          [ADMIN_KEY, 'wrong'].map((key) =>
            fetch(url, { method, headers: { 'X-API-Key': key } }).then((answer) => answer.arrayBuffer()),
          ),
        ),
      );
    }
    const samples = await samplesOf(stage.ledger.url);
    expect(samples.size).toBeLessThanOrEqual(1000);
    expect([...samples.keys()].filter((key) => key.includes('greeting'))).toEqual([]);
  });

  it('tell how long the queue is, and how old', async () => {
    await stage.sql(
      `INSERT INTO executions_in_flight (project_id, status, model_id, environment, execution_mode, timeout_ms, due_at)
       SELECT project_id, 'queued', model_id, 'dev', 'async', 1000, now() + interval '1 day'
       FROM models CROSS JOIN generate_series(1, 3) WHERE model_name = 'echo'`,
    );
    await eventually(async () => sumOf(await samplesOf(stage.ledger.url), 'prompt_ledger_queue_depth') === 3);
    await stage.sql(`DELETE FROM executions_in_flight`);
  });

  it('tell which answers fit their schema', async () => {
    const { url } = stage.ledger;
    const schema = { type: 'object', required: ['a'] };
    const content = {
      template_source: '{{text}}',
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
    };
    await stage.admin.put('/v1/prompts/structured', { ...content, set_active: true });
    for (const text of ['{"a":1}', '{"a":2}', '{}']) {
      stage.openai.behave({ kind: 'answer', text });
      const asked = { prompt_name: 'structured', variables: { text }, model: OPENAI };
      expect((await stage.admin.post(RUN, asked)).status).toBe(200);
    }
    const samples = await samplesOf(url);
    const checked = (valid: string) => sumOf(samples, 'prompt_ledger_checked_outputs_total', { valid });
    expect([checked('true'), checked('false')]).toEqual([2, 1]);
  });

  it('are for this machine only, and for nobody behind a proxy, without a token or a port', async () => {
    expect((await scrape(stage.ledger.url, { 'X-Forwarded-For': '203.0.113.7' })).status).toBe(403);
  });

  it('are what alerts and dashboard ask for', async () => {
    const text = await (await scrape(stage.ledger.url)).text();
    const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [
      name,
      type,
    ]);
    const known = new Set(
      types.flatMap(([name = '', type]) =>
        type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
      ),
    );
    const rules = parse(readFileSync(path.join(FOLDER, 'alerts.yml'), 'utf8')) as {
      groups: {
        rules: { alert: string; expr: string; annotations: { summary: string; runbook: string } }[];
      }[];
    };
    const readme = readFileSync(path.join(FOLDER, 'README.md'), 'utf8');
    const dashboard = JSON.parse(readFileSync(path.join(FOLDER, 'grafana-dashboard.json'), 'utf8')) as {
      panels: { title: string; targets: { expr: string }[] }[];
    };
    const alerts = rules.groups.flatMap((group) => group.rules);
    const expressions = [
      ...alerts.map(({ expr }) => expr),
      ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    const asked = expressions.flatMap((expr) =>
      [...expr.matchAll(/\b(?:prompt_ledger|process|nodejs)_\w+/g)].map(([name]) => name),
    );
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
    // Every metric is described, and each alert has its paragraph.
    expect(types.map(([name]) => name).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
    const described = [...readme.matchAll(/`((?:prompt_ledger|process|nodejs)_\w+)`/g)].map(
      ([, name]) => name,
    );
    const served = types.map(([name]) => name);
    expect(described.filter((name) => !served.includes(name))).toEqual([]);
    for (const { alert, annotations } of alerts) {
      expect(readme).toContain(`\n### ${alert}\n`);
      expect(annotations.runbook).toBe(`docs/monitoring/README.md#${alert.toLowerCase()}`);
      expect(annotations.summary).not.toBe('');
    }
  });

  it('are taken by promtool, as are the alert rules, where it is installed', async () => {
    const promtool = (...args: string[]) => promisify(execFile)('promtool', args);
    const isThere = await promtool('--version').then(
      () => true,
      () => false,
    );
    const rules = readFileSync(path.join(FOLDER, 'alerts.yml'), 'utf8');
    expect(rules).toContain('groups:');
    if (isThere)
      expect((await promtool('check', 'rules', path.join(FOLDER, 'alerts.yml'))).stdout).toContain('SUCCESS');
  });
});

describe('the metrics of several processes', () => {
  it('are added up, whichever is asked, behind a token; a worker has its own on its port', async () => {
    const token = 'a-token-of-the-tests';
    const stage = await startStage({ WEB_CONCURRENCY: '2', METRICS_TOKEN: token, WORKER: 'off' });
    try {
      await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
      const { url } = stage.ledger;
      for (const headers of [{}, { Authorization: 'Bearer wrong' }, { 'X-API-Key': ADMIN_KEY }]) {
        expect((await scrape(url, headers as Record<string, string>)).status).toBe(401);
      }
      const authorized = { Authorization: `Bearer ${token}` };
      // Each request opens a connection, and connections rotate through the processes.
      for (let n = 0; n < 6; n += 1) {
        const answer = await fetch(url + RUN, {
          method: 'POST',
          headers: { 'X-API-Key': ADMIN_KEY, 'Content-Type': 'application/json', Connection: 'close' },
          body: JSON.stringify({ prompt_name: 'greeting', variables: { name: 'x' }, model: ECHO }),
        });
        expect(answer.status).toBe(200);
        await answer.text();
      }
      for (let n = 0; n < 4; n += 1) {
        const samples = await samplesOf(url, { ...authorized, Connection: 'close' });
        expect(sumOf(samples, 'prompt_ledger_processes')).toBe(2);
        expect(sumOf(samples, 'prompt_ledger_executions_total', { status: 'succeeded', mode: 'sync' })).toBe(
          6,
        );
        expect(samples.size).toBeLessThanOrEqual(1000);
      }
      const port = await freePort();
      const worker = await startWorker({ env: { ...stage.env, METRICS_PORT: String(port) } });
      await untilFinal(
        stage.admin,
        await submit(stage.admin, { prompt_name: 'greeting', variables: { name: 'x' }, model: ECHO }),
      );
      await eventually(async () => {
        const samples = await samplesOf(`http://127.0.0.1:${port}`);
        return sumOf(samples, 'prompt_ledger_executions_total', { mode: 'async', status: 'succeeded' }) === 1;
      });
      await worker.stop();
    } finally {
      await stage.close();
    }
  });

  it('are on a port of their own, and only there', async () => {
    const stage = await startStage();
    const port = await freePort();
    const ledger = await startLedger({
      env: { ...stage.env, WEB_CONCURRENCY: '2', WORKER: 'off', METRICS_PORT: String(port) },
    });
    try {
      expect(sumOf(await samplesOf(`http://127.0.0.1:${port}`), 'prompt_ledger_processes')).toBe(2);
      expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(404);
      expect((await scrape(ledger.url)).status).toBe(404);
    } finally {
      await ledger.stop();
      await stage.close();
    }
  });
});
