import type { EntityManager } from 'typeorm';
import { DatabaseListener } from '../../../src/infra/database/index.js';
import { AuditService } from '../../../src/modules/audit/index.js';
import { EnvironmentsRepository } from '../../../src/modules/environments/environments.repository.js';
import { EnvironmentsService } from '../../../src/modules/environments/environments.service.js';
import { ApprovedVersionsRepository } from '../../../src/modules/prompts/pointers/approved-versions.repository.js';
import { BareCalls } from '../../../src/modules/prompts/pointers/bare-calls.js';
import { BareCallsRepository } from '../../../src/modules/prompts/pointers/bare-calls.repository.js';
import { EnvironmentRulesRepository } from '../../../src/modules/prompts/pointers/environment-rules.repository.js';
import { PointerMover } from '../../../src/modules/prompts/pointers/pointer-mover.js';
import { PromptsRepository } from '../../../src/modules/prompts/prompts.repository.js';
import { RegistryChangesRepository } from '../../../src/modules/prompts/registry/registry-changes.repository.js';
import { RegistryWatch } from '../../../src/modules/prompts/registry/registry-watch.js';
import { ACTOR } from '../../support/rows/actor.js';
import { eventually } from '../../support/eventually.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

const silent = { log: () => undefined, warn: () => undefined };

describe('the rules of environments', () => {
  let context: LedgerContext;
  let listener: DatabaseListener;
  let environments: EnvironmentsService;
  let mover: PointerMover;
  const prompts = new PromptsRepository();
  const rules = new EnvironmentRulesRepository();
  const actor = () => ({ ...ACTOR, projectId: context.projectId });

  beforeAll(async () => {
    context = await openLedgerContext();
    const { scope } = context;
    listener = new DatabaseListener({ databaseUrl: context.url, logger: silent });
    const audit = new AuditService();
    const watch = new RegistryWatch(listener, new RegistryChangesRepository(scope));
    const bareCalls = new BareCalls(new BareCallsRepository(scope));
    environments = new EnvironmentsService(
      scope,
      new EnvironmentsRepository(),
      rules,
      audit,
      watch,
      bareCalls,
    );
    mover = new PointerMover(rules, prompts, new ApprovedVersionsRepository(), audit);
  });
  afterAll(async () => {
    await listener.close();
    await context.close();
  });

  const ask = async <Row extends object>(text: string, values: unknown[] = []) =>
    (await context.owner.query<Row>(text, values)).rows;

  /** Makes a prompt with two versions, neither of which runs anywhere. */
  async function makePrompt(tx: EntityManager, name: string) {
    const wanted = { projectId: context.projectId, name, mode: 'full', kind: 'text' } as const;
    const prompt = await prompts.findOrCreateLocked(tx, wanted);
    const versions = await tx.query<{ version_id: string }[]>(
      `INSERT INTO prompt_versions (project_id, prompt_id, version_number, template_source, checksum_hash, renderer, variables)
       SELECT $1, $2, n, 'text', repeat(n::text, 64), 'liquid-1', '{}' FROM generate_series(1, 2) AS n RETURNING version_id`,
      [context.projectId, prompt.promptId],
    );
    return { prompt, versions: versions.map(({ version_id: id }) => id) as [string, string] };
  }
  const inProject = <T>(work: (tx: EntityManager) => Promise<T>) =>
    context.scope.transaction(context.projectId, work);
  const blocked = async () =>
    (
      await ask(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
    ).length;

  it('give every prompt a new revision, one that is being made as well', async () => {
    await inProject(async (tx) => {
      const { prompt } = await makePrompt(tx, 'there');
      await prompts.takeRevision(tx, prompt, null);
    });
    let protecting: Promise<unknown> = Promise.resolve();
    await inProject(async (tx) => {
      const { prompt } = await makePrompt(tx, 'being made');
      await prompts.takeRevision(tx, prompt, null);
      protecting = environments.put(actor(), 'renewed', { protected: true });
      await eventually(async () => (await blocked()) > 0);
    });
    await protecting;
    const stale = await ask(
      `SELECT p.name FROM prompts p JOIN projects USING (project_id) WHERE p.registry_revision <> projects.registry_revision`,
    );
    expect(stale).toEqual([]);
  });

  it('wait for moves that are under way, and count what they brought as approved', async () => {
    const { prompt, versions } = await inProject((tx) => makePrompt(tx, 'moving'));
    let protecting: Promise<unknown> = Promise.resolve();
    await inProject(async (tx) => {
      await mover.holdRules(tx, context.projectId, 'vault');
      protecting = environments.put(actor(), 'vault', { protected: true });
      await eventually(async () => (await blocked()) > 0);
      const moved = await mover.moveEnvironmentPointer(tx, actor(), prompt, 'vault', versions[0], {
        reason: null,
      });
      expect(moved).toMatchObject({ outcome: 'moved', fromVersionId: null });
    });
    await protecting;
    const approved = await ask(
      `SELECT version_id, change_id FROM approved_versions WHERE environment = 'vault'`,
    );
    expect(approved).toEqual([{ version_id: versions[0], change_id: null }]);
  });

  describe('that protect an environment', () => {
    const CHANGE = '01900000-0000-7000-8000-00000000c0de';
    let prompt: Awaited<ReturnType<typeof makePrompt>>['prompt'];
    let versions: [string, string];

    beforeAll(async () => {
      ({ prompt, versions } = await inProject((tx) => makePrompt(tx, 'guarded')));
      await environments.put(actor(), 'prod', { protected: true });
    });

    const move = (versionId: string, options: Parameters<PointerMover['moveEnvironmentPointer']>[5]) =>
      inProject((tx) => mover.moveEnvironmentPointer(tx, actor(), prompt, 'prod', versionId, options));

    it('let a version in that comes with a change, where the pointer stands as the change says', async () => {
      await expect(move(versions[0], { reason: 'r' })).rejects.toMatchObject({
        code: 'ENVIRONMENT_PROTECTED',
      });
      expect(await move(versions[0], { reason: 'r', changeId: CHANGE, ifAt: versions[1] })).toEqual({
        outcome: 'elsewhere',
        fromVersionId: null,
        revision: null,
      });
      expect(await move(versions[0], { reason: 'r', changeId: CHANGE, emergency: true, ifAt: null })).toEqual(
        {
          outcome: 'moved',
          fromVersionId: null,
          revision: expect.any(Number) as number,
        },
      );
      expect(await move(versions[0], { reason: 'r', changeId: CHANGE })).toEqual({
        outcome: 'unchanged',
        fromVersionId: versions[0],
        revision: null,
      });
      const [moves, approved] = await Promise.all([
        ask(`SELECT change_id, emergency, reason FROM pointer_moves WHERE prompt_id = $1`, [prompt.promptId]),
        ask(`SELECT version_id, change_id FROM approved_versions WHERE prompt_id = $1`, [prompt.promptId]),
      ]);
      expect(moves).toEqual([{ change_id: CHANGE, emergency: true, reason: 'r' }]);
      // Nobody approved it.
      expect(approved).toEqual([]);
    });

    it('let what was approved once in again where that is allowed', async () => {
      await move(versions[1], { reason: 'r', changeId: CHANGE });
      // An emergency brings a version that was never approved.
      await expect(move(versions[0], { reason: 'r', allowsApproved: true })).rejects.toMatchObject({
        code: 'ENVIRONMENT_PROTECTED',
      });
      await move(versions[0], { reason: 'r', changeId: CHANGE });
      await expect(move(versions[1], { reason: 'r' })).rejects.toMatchObject({
        code: 'ENVIRONMENT_PROTECTED',
      });
      expect(await move(versions[1], { reason: 'r', allowsApproved: true })).toMatchObject({
        outcome: 'moved',
      });
    });

    it('move nothing of a prompt that is deleted', async () => {
      await inProject(async (tx) => prompts.markDeleted(tx, prompt));
      const options = { reason: 'r', changeId: CHANGE };
      await expect(move(versions[1], options)).rejects.toMatchObject({ code: 'PROMPT_NOT_FOUND' });
    });
  });
});
