import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { type ProjectIds, type Statement, TenantScope } from '../../../src/infra/database/index.js';
import { recordedRow } from '../../../src/modules/executions/recording/recorded-row.js';
import {
  type NewRecordings,
  RecordingRepository,
} from '../../../src/modules/executions/recording/recording.repository.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';

const KEPT = [
  'executions_all',
  'execution_inputs',
  'execution_outputs',
  'execution_attempts_all',
  'idempotency_keys',
  'models',
];
const ANSWER = { status: 200, headers: {}, body: '{}' };
const FOREIGN_MODEL = { provider: 'acme', model_name: 'large' };

describe('what clients executed themselves', () => {
  let context: LedgerContext;
  let ids: LedgerRows;
  let recordings: RecordingRepository;

  beforeAll(async () => {
    context = await openLedgerContext();
    ids = await insertOneOfEach(context.owner, context.projectId);
    recordings = new RecordingRepository(context.scope, context.config);
  });
  afterAll(() => context.close());

  function rowOf(executionId: string): string {
    const version = {
      promptId: ids.promptId,
      promptMode: 'full' as const,
      versionId: ids.versionId,
      versionNumber: 1,
      templateSource: 'Hello',
      messages: null,
      extras: null,
      checksumHash: 'a'.repeat(64),
      renderer: 'liquid-1',
    };
    const entry = {
      prompt_name: 'greeting',
      model: FOREIGN_MODEL,
      status: 'succeeded' as const,
      response_text: 'Hi',
      started_at: '2026-11-24T10:00:00Z',
    };
    const rendered = { kind: 'text' as const, text: 'Hello' };
    const facts = {
      requestedBy: 'admin',
      keyId: null,
      createdAt: new Date(),
      variablesJson: '{}',
      usageJson: null,
      price: null,
      output: null,
      resolvedBy: 'pointer' as const,
      kept: null,
    };
    return JSON.stringify(
      recordedRow({ ...facts, entry, executionId, version, rendered, maxResponseBytes: 100 }),
    );
  }

  function recordingsOf(executionIds: readonly string[], more: Partial<NewRecordings> = {}): NewRecordings {
    const rows = executionIds.map((id) => rowOf(id));
    return { projectId: context.projectId, executionIds, rows, key: null, answer: ANSWER, ...more };
  }

  async function counts(): Promise<Record<string, number>> {
    const selects = KEPT.map((each) => `(SELECT count(*)::integer FROM ${each}) AS ${each}`);
    const { rows } = await context.owner.query<Record<string, number>>(`SELECT ${selects.join(', ')}`);
    return rows[0] ?? {};
  }

  it('is written as a whole or not at all, with its key and its models', async () => {
    const before = await counts();
    const key = { route: '/', key: 'of a bad call', fingerprint: Buffer.from('00', 'hex') };
    const [good, bad] = [randomUUID(), randomUUID()];
    const withoutPrompt = JSON.stringify({ ...(JSON.parse(rowOf(bad)) as object), rendered_prompt: null });
    const rows = [rowOf(good), withoutPrompt];
    await expect(recordings.insert(recordingsOf([good, bad], { rows, key }))).rejects.toThrow(
      'execution_inputs_one_prompt',
    );
    expect(await counts()).toEqual(before);
  });

  it('is not written under a key that is taken', async () => {
    const key = { route: '/', key: 'taken', fingerprint: Buffer.from('00', 'hex') };
    expect(await recordings.insert(recordingsOf([randomUUID()], { key }))).toBe(true);
    const before = await counts();
    expect(await recordings.insert(recordingsOf([randomUUID()], { key }))).toBe(false);
    expect(await counts()).toEqual(before);
  });

  it('brings a model that is not allowed once, whoever else brings it at the same moment', async () => {
    await context.owner.query(`DELETE FROM models WHERE provider = 'acme'`);
    const all = Array.from({ length: 8 }, () => recordings.insert(recordingsOf([randomUUID()])));
    expect(await Promise.all(all)).toEqual(all.map(() => true));
    const { rows } = await context.owner.query(
      `SELECT m.allowed, count(*)::integer AS executions FROM models m
       JOIN executions_all e USING (project_id, model_id) WHERE m.provider = 'acme' GROUP BY m.model_id, m.allowed`,
    );
    expect(rows).toEqual([{ allowed: false, executions: 8 }]);
  });

  it('is found when its COMMIT was done and only the answer was lost', async () => {
    const lossy = new RecordingRepository(new CutScope(context.scope, 'after'), context.config);
    const before = await counts();
    expect(await lossy.insert(recordingsOf([randomUUID(), randomUUID()]))).toBe(true);
    expect((await counts())['executions_all']).toBe((before['executions_all'] ?? 0) + 2);
  });

  it('is told as lost when its COMMIT was not done', async () => {
    const lossy = new RecordingRepository(new CutScope(context.scope, 'before'), context.config);
    const before = await counts();
    await expect(lossy.insert(recordingsOf([randomUUID()]))).rejects.toThrow('Connection terminated');
    expect(await counts()).toEqual(before);
  });
});

/** A connection that breaks once, at the first statement. */
class CutScope extends TenantScope {
  private isCut = false;

  constructor(
    intact: TenantScope,
    private readonly when: 'before' | 'after',
  ) {
    super((intact as unknown as { dataSource: DataSource }).dataSource);
  }

  override async statement<Row extends Record<string, unknown>>(
    projects: ProjectIds,
    statement: Statement,
  ): Promise<Row[]> {
    if (this.isCut) return super.statement<Row>(projects, statement);
    this.isCut = true;
    if (this.when === 'after') await super.statement(projects, statement);
    throw new Error('Connection terminated unexpectedly');
  }
}
