import { randomUUID } from 'node:crypto';
import { AuditService } from '../../../src/modules/audit/index.js';
import { PromptVersionsRepository } from '../../../src/modules/prompts/prompt-versions.repository.js';
import { EnvironmentRulesRepository } from '../../../src/modules/prompts/pointers/environment-rules.repository.js';
import { PromptsRepository, REGISTRY_CHANNEL } from '../../../src/modules/prompts/prompts.repository.js';
import { NewContents } from '../../../src/modules/prompts/contents/new-contents.js';
import { RegistryTransactions } from '../../../src/modules/prompts/registry/registry-transactions.js';
import { PromptsService } from '../../../src/modules/prompts/prompts.service.js';
import { RegistryChangesRepository } from '../../../src/modules/prompts/registry/registry-changes.repository.js';
import { RegistryWatch } from '../../../src/modules/prompts/registry/registry-watch.js';
import { SnippetPinsRepository } from '../../../src/modules/snippets/pins/snippet-pins.repository.js';
import { SnippetPins } from '../../../src/modules/snippets/index.js';
import { VersionsRepository } from '../../../src/modules/versions/versions.repository.js';
import { VersionsService } from '../../../src/modules/versions/index.js';
import { DatabaseListener } from '../../../src/infra/database/index.js';
import { ACTOR } from '../../support/rows/actor.js';
import { eventually } from '../../support/eventually.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

const silent = { log: () => undefined, warn: () => undefined };

interface Notice {
  readonly project_id: string;
  readonly revision: number;
}

describe('revisions of the registry', () => {
  let context: LedgerContext;
  let listener: DatabaseListener;
  let changes: RegistryChangesRepository;
  let prompts: PromptsService;
  /** In commit order, which is the order in which Postgres delivers. */
  const heard: Notice[] = [];

  beforeAll(async () => {
    context = await openLedgerContext();
    const { scope } = context;
    listener = new DatabaseListener({ databaseUrl: context.url, logger: silent });
    changes = new RegistryChangesRepository(scope);
    prompts = new PromptsService(
      new RegistryTransactions(scope, new RegistryWatch(listener, changes)),
      new PromptsRepository(),
      new PromptVersionsRepository(scope),
      new NewContents(
        new SnippetPins(scope, new SnippetPinsRepository()),
        new VersionsService(new VersionsRepository()),
      ),
      new EnvironmentRulesRepository(),
      new AuditService(),
    );
    await listener.subscribe(REGISTRY_CHANNEL, (payload) => {
      if (payload !== null) heard.push(JSON.parse(payload) as Notice);
    });
  });
  afterAll(async () => {
    await listener.close();
    await context.close();
  });

  const actor = (projectId = context.projectId) => ({ ...ACTOR, projectId });
  const put = (name: string, text: string, more: object = {}) =>
    prompts.put(actor(), name, { template_source: text, ...more });

  async function current(projectId = context.projectId): Promise<number> {
    const { rows } = await context.owner.query<{ revision: number }>(
      'SELECT registry_revision::int AS revision FROM projects WHERE project_id = $1',
      [projectId],
    );
    return rows[0]?.revision ?? 0;
  }

  async function rowOf(name: string): Promise<{ prompt: number; pointer: number | null; updated_at: Date }> {
    const { rows } = await context.owner.query<{ prompt: number; pointer: number | null; updated_at: Date }>(
      `SELECT p.registry_revision::int AS prompt, pp.registry_revision::int AS pointer, p.updated_at
       FROM prompts p LEFT JOIN prompt_pointers pp USING (project_id, prompt_id)
       WHERE p.project_id = $1 AND p.name = $2 ORDER BY p.prompt_id DESC LIMIT 1`,
      [context.projectId, name],
    );
    return rows[0] as { prompt: number; pointer: number | null; updated_at: Date };
  }

  /** Waits for the notices of all earlier commits, because Postgres delivers them in commit order. */
  async function allHeard(): Promise<void> {
    const marker = randomUUID();
    await context.owner.query('SELECT pg_notify($1, $2)', [
      REGISTRY_CHANNEL,
      JSON.stringify({ project_id: marker }),
    ]);
    await eventually(() => heard.at(-1)?.project_id === marker, 'the marker among the notices');
  }

  /** Returns the notices that `work` sends, without earlier ones. */
  async function noticesOf(work: () => Promise<unknown>): Promise<Notice[]> {
    await allHeard();
    heard.length = 0;
    await work();
    await allHeard();
    return heard.slice(0, -1);
  }

  it('count every change of twenty clients at once, in the order of their commits', async () => {
    const before = await current();
    const notices = await noticesOf(() =>
      Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          put(`prompt-${index % 4}`, `content ${index}`, { set_active: index % 2 === 0 }),
        ),
      ),
    );
    expect(notices).toEqual(
      Array.from({ length: 20 }, (_, index) => ({
        project_id: context.projectId,
        revision: before + index + 1,
      })),
    );
    const changed = await changes.listSince(context.projectId, before);
    expect(changed.map(({ name }) => name).sort()).toEqual(['prompt-0', 'prompt-1', 'prompt-2', 'prompt-3']);
    expect(Math.max(...changed.map(({ revision }) => revision))).toBe(before + 20);
    expect(await current()).toBe(before + 20);
  });

  it('go to the prompt at each change, and to its pointer when that has moved', async () => {
    await put('a', 'one', { set_active: true });
    const first = await current();
    expect(await rowOf('a')).toMatchObject({ prompt: first, pointer: first });
    await put('a', 'two');
    expect(await rowOf('a')).toMatchObject({ prompt: first + 1, pointer: first });
    await prompts.activate(actor(), 'a', 2);
    expect(await rowOf('a')).toMatchObject({ prompt: first + 2, pointer: first + 2 });
    await put('a', 'two', { description: 'of it' });
    expect(await rowOf('a')).toMatchObject({ prompt: first + 3, pointer: first + 2 });
    await prompts.delete(actor(), 'a');
    expect(await rowOf('a')).toMatchObject({ prompt: first + 4 });
    expect(await changes.listSince(context.projectId, first + 3)).toEqual([
      { name: 'a', revision: first + 4 },
    ]);
  });

  it('are not taken by what changes nothing, which leaves the prompt as it was', async () => {
    const metadata = { description: 'd', owner_team: 'o', tags: ['x', 'y'] };
    await put('b', 'one', { set_active: true, ...metadata });
    const before = await rowOf('b');
    const notices = await noticesOf(async () => {
      await put('b', 'one');
      await put('b', 'one', { set_active: true });
      await put('b', 'one', metadata);
      await prompts.activate(actor(), 'b', 1);
    });
    expect(notices).toEqual([]);
    expect(await rowOf('b')).toEqual(before);
  });

  it('are taken by a change of metadata alone, whichever it is', async () => {
    await put('c', 'one', { tags: ['x'] });
    const before = await current();
    for (const change of [{ description: 'd' }, { owner_team: 'o' }, { tags: [] }, { description: null }]) {
      await put('c', 'one', change);
    }
    expect(await current()).toBe(before + 4);
  });

  it('are neither taken nor told of by a change that fails', async () => {
    await put('d', 'one');
    const before = await current();
    const notices = await noticesOf(async () => {
      await expect(prompts.activate(actor(), 'd', 7)).rejects.toThrow('not found');
      await expect(
        prompts.put(actor(), 'd', { messages: [{ role: 'user', content: 'x' }] }),
      ).rejects.toThrow();
      await expect(prompts.delete(actor(), 'nobody')).rejects.toThrow('not found');
    });
    expect(notices).toEqual([]);
    expect(await current()).toBe(before);
  });

  it('are counted for each project by itself', async () => {
    const before = await current();
    const notices = await noticesOf(() =>
      prompts.put(actor(context.otherProjectId), 'a', { template_source: 'theirs' }),
    );
    expect(notices).toEqual([{ project_id: context.otherProjectId, revision: 1 }]);
    expect(await current()).toBe(before);
    expect(await changes.listSince(context.otherProjectId, 0)).toEqual([{ name: 'a', revision: 1 }]);
  });
});
