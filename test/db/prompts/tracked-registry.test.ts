import { Client } from 'pg';
import { DatabaseClock, DatabaseListener } from '../../../src/infra/database/index.js';
import { SystemClock } from '../../../src/kernel/index.js';
import { AuditService } from '../../../src/modules/audit/index.js';
import { REGISTRY_CHANNEL } from '../../../src/modules/prompts/index.js';
import { PromptVersionsRepository } from '../../../src/modules/prompts/prompt-versions.repository.js';
import { EnvironmentRulesRepository } from '../../../src/modules/prompts/pointers/environment-rules.repository.js';
import { PromptsRepository } from '../../../src/modules/prompts/prompts.repository.js';
import { NewContents } from '../../../src/modules/prompts/contents/new-contents.js';
import { RegistryTransactions } from '../../../src/modules/prompts/registry/registry-transactions.js';
import { PromptsService } from '../../../src/modules/prompts/prompts.service.js';
import { RegistryChangesRepository } from '../../../src/modules/prompts/registry/registry-changes.repository.js';
import { RegistryWatch } from '../../../src/modules/prompts/registry/registry-watch.js';
import type { GitDto } from '../../../src/modules/tracking/register/register-code.dto.js';
import { RegisterCodeService } from '../../../src/modules/tracking/register/register-code.service.js';
import { TrackedRegistryRepository } from '../../../src/modules/tracking/tracked-registry.repository.js';
import { FIND } from '../../../src/modules/tracking/tracked-registry.sql.js';
import { TrackedRegistry } from '../../../src/modules/tracking/tracked-registry.js';
import { SnippetPinsRepository } from '../../../src/modules/snippets/pins/snippet-pins.repository.js';
import { SnippetPins } from '../../../src/modules/snippets/index.js';
import { VersionsRepository } from '../../../src/modules/versions/versions.repository.js';
import { VersionsService } from '../../../src/modules/versions/index.js';
import { ACTOR } from '../../support/rows/actor.js';
import { eventually } from '../../support/eventually.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

const silent = { debug: () => undefined, log: () => undefined, warn: () => undefined };
const GIT: GitDto = { commit: 'a'.repeat(40), branch: 'main' };
const CLIENTS = Array.from({ length: 20 }, (_, index) => index);

interface PromptRow {
  readonly name: string;
  readonly mode: string;
  readonly revision: number;
  readonly pointer_revision: number | null;
  readonly active: number | null;
  readonly numbers: readonly number[];
  readonly moves: number;
}

describe('the registry of code', () => {
  let context: LedgerContext;
  let listener: DatabaseListener;
  let clock: DatabaseClock;
  let repository: TrackedRegistryRepository;
  let registrations: RegisterCodeService;
  let prompts: PromptsService;
  const heard: string[] = [];

  beforeAll(async () => {
    context = await openLedgerContext();
    const { scope } = context;
    listener = new DatabaseListener({ databaseUrl: context.url, logger: silent });
    clock = new DatabaseClock(scope, new SystemClock());
    await clock.onModuleInit();
    const versions = new VersionsService(new VersionsRepository());
    const audit = new AuditService();
    const watch = new RegistryWatch(listener, new RegistryChangesRepository(scope));
    repository = new TrackedRegistryRepository(scope, clock);
    registrations = new RegisterCodeService(
      new TrackedRegistry(scope, repository, versions, audit, watch, new EnvironmentRulesRepository()),
    );
    const reads = new PromptVersionsRepository(scope);
    prompts = new PromptsService(
      new RegistryTransactions(scope, watch),
      new PromptsRepository(),
      reads,
      new NewContents(new SnippetPins(scope, new SnippetPinsRepository()), versions),
      new EnvironmentRulesRepository(),
      audit,
    );
    await listener.subscribe(REGISTRY_CHANNEL, (payload) => {
      if (payload !== null) heard.push(payload);
    });
  });
  afterAll(async () => {
    clock.onModuleDestroy();
    await listener.close();
    await context.close();
  });
  afterEach(() => jest.restoreAllMocks());

  const actor = (projectId = context.projectId) => ({ ...ACTOR, projectId });

  function register(templates: Readonly<Record<string, string>>, git: GitDto = GIT) {
    const sent = Object.entries(templates).map(([name, template_source]) => ({ name, template_source }));
    return registrations.register(actor(), { prompts: sent, git });
  }

  async function rowsOf(prefix: string): Promise<PromptRow[]> {
    const { rows } = await context.owner.query<PromptRow>(
      `SELECT p.name, p.mode, p.registry_revision::int AS revision, pp.registry_revision::int AS pointer_revision,
         (SELECT version_number FROM prompt_versions v WHERE v.version_id = pp.version_id) AS active,
         (SELECT array_agg(version_number ORDER BY version_number) FROM prompt_versions v WHERE v.prompt_id = p.prompt_id) AS numbers,
         (SELECT count(*)::int FROM pointer_moves m WHERE m.prompt_id = p.prompt_id) AS moves
       FROM prompts p LEFT JOIN prompt_pointers pp USING (project_id, prompt_id)
       WHERE p.project_id = $1 AND p.name LIKE $2 || '%' AND p.deleted_at IS NULL ORDER BY p.name`,
      [context.projectId, prefix],
    );
    return rows;
  }

  async function revision(): Promise<number> {
    const { rows } = await context.owner.query<{ revision: number }>(
      'SELECT registry_revision::int AS revision FROM projects WHERE project_id = $1',
      [context.projectId],
    );
    return (rows[0] as { revision: number }).revision;
  }

  /** Uses the same connection, so that all earlier notices have arrived when this one has. */
  async function hearAll(): Promise<string[]> {
    await context.owner.query(`SELECT pg_notify('${REGISTRY_CHANNEL}', '{"the":"end"}')`);
    await eventually(() => heard.at(-1) === '{"the":"end"}');
    return heard.splice(0).slice(0, -1);
  }

  /** Returns the revisions that `work` announces. */
  async function heardOf(work: () => Promise<unknown>): Promise<number[]> {
    await hearAll();
    await work();
    return (await hearAll()).map((payload) => (JSON.parse(payload) as { revision: number }).revision);
  }

  const contiguous = (length: number) => Array.from({ length }, (_, index) => index + 1);

  it('makes one version of the same content of twenty clients at once', async () => {
    const before = await revision();
    const told = await heardOf(() =>
      Promise.all(CLIENTS.map(() => register({ 'same/a': 'one', 'same/b': 'two', 'same/c': 'three' }))),
    );
    expect(told).toEqual([before + 1]);
    const row = { revision: before + 1, pointer_revision: before + 1, active: 1, numbers: [1], moves: 1 };
    expect(await rowsOf('same/')).toMatchObject([row, row, row]);
  });

  it('makes twenty versions without a gap of twenty contents at once, each told after which it came', async () => {
    const before = await revision();
    await register({ 'each/a': 'first', 'each/b': 'first' });
    const told = await heardOf(async () => {
      const answers = await Promise.all(
        CLIENTS.map((index) => register({ 'each/b': `b ${index}`, 'each/a': `a ${index}` })),
      );
      for (const at of [0, 1]) {
        const each = answers.map(({ registered }) => registered[at]);
        const versions = each.map((one) => one?.version ?? 0).sort((x, y) => x - y);
        expect(versions).toEqual(contiguous(21).slice(1));
        for (const one of each) expect(one?.previous_version).toBe((one?.version ?? 0) - 1);
      }
    });
    expect(told).toEqual(CLIENTS.map((index) => before + 2 + index));
    const row = { active: 21, numbers: contiguous(21), revision: before + 21, pointer_revision: before + 21 };
    expect(await rowsOf('each/')).toMatchObject([row, row]);
  });

  it('ends all of twenty clients that take parts of the same names in any order', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `mixed/${String(index).padStart(2, '0')}`);
    // Some exist beforehand, so that each client finds names to make and names to lock.
    await register(Object.fromEntries(names.slice(0, 10).map((name) => [name, 'before'])));
    await Promise.all(
      CLIENTS.map((client) => {
        const mine = names.filter((_, index) => (index * 7 + client) % 3 !== 0);
        const turned = client % 2 === 0 ? mine : mine.reverse();
        return register(Object.fromEntries(turned.map((name) => [name, `${name} of ${client % 5}`])));
      }),
    );
    const rows = await rowsOf('mixed/');
    expect(rows).toHaveLength(30);
    for (const { numbers, revision: at, pointer_revision: pointerAt } of rows) {
      expect(numbers).toEqual(contiguous(numbers.length));
      expect(pointerAt).toBe(at);
    }
  });

  it('leaves nothing half done when others put and delete the same names', async () => {
    const names = ['race/a', 'race/b', 'race/c', 'race/d'];
    const outcomes = await Promise.allSettled(
      CLIENTS.flatMap((index) => {
        const name = names[index % 4] as string;
        return [
          register(Object.fromEntries(names.map((each) => [each, `${each} ${index}`]))),
          index % 2 === 0
            ? prompts.put(actor(), name, { template_source: `put ${index}`, set_active: true })
            : prompts.delete(actor(), name),
        ];
      }),
    );
    const codes = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as { code?: string }).code] : [],
    );
    const told = ['PROMPT_MODE_MISMATCH', 'PROMPT_NOT_FOUND'];
    expect(codes.filter((code) => !told.includes(code ?? ''))).toEqual([]);
    for (const { numbers, revision: at, pointer_revision: pointerAt } of await rowsOf('race/')) {
      expect(numbers).toEqual(contiguous(numbers.length));
      expect(pointerAt).toBe(at);
    }
  });

  it('decides again when a prompt has changed since it was read', async () => {
    await register({ 'again/a': 'one', 'again/b': 'one' });
    const find = repository.find.bind(repository);
    jest.spyOn(repository, 'find').mockImplementationOnce(async (...args) => {
      const known = await find(...args);
      await register({ 'again/b': 'in between', 'again/new': 'made in between' });
      return known;
    });
    const { registered } = await register({ 'again/a': 'two', 'again/b': 'two', 'again/new': 'x' });
    expect(registered).toMatchObject([
      { version: 2, previous_version: 1 },
      { version: 3, previous_version: 2 },
      { version: 2, change_detected: true, previous_version: 1 },
    ]);
    expect((await rowsOf('again/')).map(({ numbers }) => numbers.length)).toEqual([2, 3, 2]);
  });

  it('writes nothing after all when somebody else did the same in between', async () => {
    const find = repository.find.bind(repository);
    jest.spyOn(repository, 'find').mockImplementationOnce(async (...args) => {
      const known = await find(...args);
      await register({ 'between/a': 'one' });
      return known;
    });
    const { registered } = await register({ 'between/a': 'one' });
    expect(registered).toMatchObject([{ version: 1, change_detected: false }]);
    expect(await rowsOf('between/')).toMatchObject([{ numbers: [1], moves: 1 }]);
  });

  it('gives the revision only to what has changed', async () => {
    await register({ 'part/a': 'one', 'part/b': 'one' });
    const first = await revision();
    expect(await heardOf(() => register({ 'part/a': 'one', 'part/b': 'two' }))).toEqual([first + 1]);
    expect(await rowsOf('part/')).toMatchObject([{ revision: first }, { revision: first + 1, active: 2 }]);
  });

  it('keeps a new place in the code without a revision, and tells nobody', async () => {
    await register({ 'place/a': 'one', 'place/b': 'one' });
    const before = [await revision(), await rowsOf('place/')];
    const later = { ...GIT, commit: 'b'.repeat(40) };
    expect(await heardOf(() => register({ 'place/a': 'one', 'place/b': 'one' }, later))).toEqual([]);
    expect([await revision(), await rowsOf('place/')]).toEqual(before);
    const { rows } = await context.owner.query<{ commits: string[] }>(
      `SELECT array_agg(latest_registration->>'commit') AS commits FROM prompt_versions v JOIN prompts p USING (prompt_id)
       WHERE p.name LIKE 'place/%'`,
    );
    expect(rows).toEqual([{ commits: [later.commit, later.commit] }]);
  });

  it('ends twenty deployments of one content from different places', async () => {
    await register({ 'places/a': 'one', 'places/b': 'one' });
    const before = await revision();
    const commits = CLIENTS.map((index) => index.toString(16).padStart(40, '0'));
    await Promise.all(
      commits.map((commit, index) => {
        const names = index % 2 === 0 ? ['places/a', 'places/b'] : ['places/b', 'places/a'];
        return register(Object.fromEntries(names.map((name) => [name, 'one'])), { ...GIT, commit });
      }),
    );
    expect(await revision()).toBe(before);
    expect(await rowsOf('places/')).toMatchObject([{ numbers: [1] }, { numbers: [1] }]);
  });

  it('rolls everything back when the last of its rows cannot be written', async () => {
    await register({ 'whole/a': 'one' });
    const before = [await revision(), await rowsOf('whole/')];
    await context.owner.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
       CREATE TRIGGER refuse BEFORE INSERT ON pointer_moves FOR EACH ROW EXECUTE FUNCTION refuse()`,
    );
    await expect(register({ 'whole/a': 'two', 'whole/b': 'one' })).rejects.toThrow('refused');
    await context.owner.query('DROP FUNCTION refuse CASCADE');
    expect([await revision(), await rowsOf('whole/')]).toEqual(before);
    expect((await register({ 'whole/a': 'two', 'whole/b': 'one' })).registered).toMatchObject([
      { version: 2 },
      { version: 1 },
    ]);
  });

  it('looks each name up by itself, whatever the statistics say of tables that have just been filled', async () => {
    const names = contiguous(500).map((number) => `fresh/${number}`);
    await register(Object.fromEntries(names.map((name) => [name, 'text'])));
    const pages = await context.scope.transaction(context.projectId, async (tx) => {
      const [row] = await tx.query<{ 'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number } }] }[]>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${FIND}`,
        [names, names.map(() => 'f'.repeat(64)), 'default'],
      );
      return row?.['QUERY PLAN'][0].Plan['Shared Hit Blocks'] ?? 0;
    });
    // Five lookups of about three pages each; a join of whole tables took 800 pages a name.
    expect(pages / names.length).toBeGreaterThan(1);
    expect(pages / names.length).toBeLessThan(40);
  });

  it('asks the database as often for many prompts as for one', async () => {
    const templates = (count: number, text: string) =>
      Object.fromEntries(contiguous(count).map((number) => [`count/${count}/${number}`, text]));
    for (const count of [1, 300]) {
      const statementsOf = async (text: string) => {
        const query = jest.spyOn(Client.prototype, 'query');
        await register(templates(count, text));
        const texts = query.mock.calls.map(([config]) => textOf(config));
        query.mockRestore();
        return (
          texts
            // `SELECT 1` is the check of the listening connection, which may happen at this moment.
            .filter((each) => !/^(?:BEGIN|START|COMMIT|SELECT set_config|SELECT 1$)/.test(each))
            .map(firstWords)
        );
      };
      // The lock that serializes them, and the rules of the environment.
      const [turn, rules] = ['SELECT pg_advisory_xact_lock', 'SELECT "EnvironmentEntity"."project_id"'];
      const write = [turn, turn, rules, 'INSERT INTO "audit_log"'];
      expect(await statementsOf('one')).toEqual([
        'SELECT p.name,',
        ...write,
        'INSERT INTO prompts',
        'WITH entry',
      ]);
      expect(await statementsOf('two')).toEqual(['SELECT p.name,', ...write, 'WITH entry']);
      expect(await statementsOf('two')).toEqual(['SELECT p.name,']);
    }
  });
});

function textOf(config: unknown): string {
  return (typeof config === 'string' ? config : (config as { text: string }).text).trim();
}

function firstWords(text: string): string {
  return /^(?:INSERT INTO \S+?(?=[\s(])|SELECT pg_advisory_xact_lock|\S+ \S+)/.exec(text)?.[0] ?? text;
}
