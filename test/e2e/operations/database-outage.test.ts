import { api } from '../../support/api-client.js';
import { migrate } from '../../support/database/database.js';
import { eventually } from '../../support/eventually.js';
import { type OwnServer, startOwnPostgres } from '../../support/servers/own-server.js';
import { type LedgerProcess, startLedger } from '../../support/servers/processes.js';
import { ADMIN_KEY, expectProblem, putPrompt } from '../stage.js';

describe('when the database goes away and comes back, the service', () => {
  let postgres: OwnServer;
  let ledger: LedgerProcess;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    await migrate(postgres.url);
    ledger = await startLedger({
      env: {
        DATABASE_URL: postgres.url,
        API_KEY: ADMIN_KEY,
        KEY_HASH_SECRET: 'x',
        DEFAULT_MODEL: 'echo/echo',
      },
    });
  });

  afterAll(async () => {
    await ledger.stop();
    await postgres.stop();
  });

  it('says so, lives on, and works again by itself with everything that it had acknowledged', async () => {
    const admin = api(ledger.url, ADMIN_KEY);
    const allowed = await admin.put('/v1/models/echo/echo', {});
    expect(allowed).toMatchObject({ status: 200, body: { id: 'echo/echo' } });
    await putPrompt(admin, 'kept', 'Hello');
    const run = await admin.post('/v1/executions:run', { prompt_name: 'kept' });
    expect(run.status).toBe(200);

    await postgres.kill();
    expectProblem(await admin.get('/v1/prompts/kept'), 503, 'DATABASE_UNAVAILABLE');
    expectProblem(
      await admin.post('/v1/executions:submit', { prompt_name: 'kept' }),
      503,
      'DATABASE_UNAVAILABLE',
    );
    const sick = await admin.get<{ status: string; checks: { database: string } }>('/health');
    expect(sick).toMatchObject({ status: 503, body: { checks: { database: 'down' } } });
    expect((await admin.get('/health/live')).status).toBe(200);
    expect((await admin.get('/health/ready')).status).toBe(503);

    await postgres.restart();
    await eventually(async () => (await admin.get('/health')).status === 200);
    const { execution_id: id } = run.body as { execution_id: string };
    expect((await admin.get(`/v1/executions/${id}`)).body).toMatchObject({ status: 'succeeded' });
    const submitted = await admin.post<{ execution_id: string }>('/v1/executions:submit', {
      prompt_name: 'kept',
    });
    expect(submitted.status).toBe(202);
    await eventually(async () => {
      const { body } = await admin.get(`/v1/executions/${submitted.body.execution_id}`);
      return body.status === 'succeeded';
    });
  });
});
