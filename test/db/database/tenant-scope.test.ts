import { ModelEntity } from '../../../src/entities/index.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

describe('TenantScope', () => {
  let context: LedgerContext;

  beforeAll(async () => {
    context = await openLedgerContext();
  });

  afterAll(() => context.close());

  const insert = (projectId: string, modelName: string) => ({
    text: `INSERT INTO models (project_id, provider, model_name) VALUES ($1, 'echo', $2) RETURNING model_name`,
    values: [projectId, modelName],
  });

  async function modelNames(): Promise<string[]> {
    const { rows } = await context.owner.query<{ model_name: string }>(
      'SELECT model_name FROM models ORDER BY 1',
    );
    return rows.map(({ model_name: name }) => name);
  }

  afterEach(() => context.owner.query('DELETE FROM models'));

  it('gets connections with the settings of the service, whatever those of the server are', async () => {
    await context.owner.query(`ALTER DATABASE ${context.owner.database} SET jit = 'on'`);
    const names = ['role', 'timezone', 'statement_timeout', 'idle_in_transaction_session_timeout', 'jit'];
    const text = 'SELECT current_setting(n) AS value FROM unnest($1::text[]) AS n';
    const rows = await context.scope.system<{ value: string }>(text, [names]);
    expect(rows.map(({ value }) => value)).toEqual(['prompt_ledger_app', 'UTC', '30s', '1min', 'off']);
  });

  it('commits what the work did, and answers with its result', async () => {
    const { scope, projectId } = context;
    const result = await scope.transaction(projectId, async (tx) => {
      await tx.insert(ModelEntity, { projectId, provider: 'echo', modelName: 'kept' });
      return 'done';
    });
    expect(result).toBe('done');
    expect(await modelNames()).toEqual(['kept']);
  });

  it('rolls all of it back when the work fails, and throws what the work threw', async () => {
    const { scope, projectId } = context;
    const failing = scope.transaction(projectId, async (tx) => {
      await tx.insert(ModelEntity, { projectId, provider: 'echo', modelName: 'lost' });
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await modelNames()).toEqual([]);
  });

  it('rolls a failed statement back and keeps the connection usable', async () => {
    const { scope, projectId } = context;
    await scope.statement(projectId, insert(projectId, 'one'));
    await expect(scope.statement(projectId, insert(projectId, 'one'))).rejects.toThrow('models_name');
    expect(await scope.statement(projectId, insert(projectId, 'two'))).toEqual([{ model_name: 'two' }]);
    expect(await modelNames()).toEqual(['one', 'two']);
  });

  it('refuses a statement that writes into another project', async () => {
    const { scope, projectId, otherProjectId } = context;
    await expect(scope.statement(projectId, insert(otherProjectId, 'x'))).rejects.toThrow(
      'row-level security',
    );
    expect(await modelNames()).toEqual([]);
  });

  it('never leaves a project behind on a connection, whoever borrows it next', async () => {
    const { scope, projectId, otherProjectId } = context;
    await scope.statement(projectId, insert(projectId, 'mine'));
    const borrow = async (index: number) => {
      const projects = index % 2 === 0 ? projectId : otherProjectId;
      const seen = await scope.statement(projects, { text: 'SELECT model_name FROM models', values: [] });
      expect(seen).toHaveLength(index % 2 === 0 ? 1 : 0);
      expect(await scope.system('SELECT FROM models')).toHaveLength(0);
    };
    await Promise.all(Array.from({ length: 200 }, (_, index) => borrow(index)));
  });

  it('works for several projects at once when it is told so', async () => {
    const { scope, projectId, otherProjectId } = context;
    await scope.transaction([projectId, otherProjectId], async (tx) => {
      await tx.insert(ModelEntity, { projectId, provider: 'echo', modelName: 'a' });
      await tx.insert(ModelEntity, { projectId: otherProjectId, provider: 'echo', modelName: 'b' });
    });
    expect(await modelNames()).toEqual(['a', 'b']);
  });

  it.each(["'; DROP TABLE models; --", '{}', ''])(
    'takes nothing but ids for a project: %s',
    async (project) => {
      await expect(context.scope.statement(project, { text: 'SELECT 1', values: [] })).rejects.toThrow(
        TypeError,
      );
    },
  );
});
