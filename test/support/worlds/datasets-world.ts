import { DatabaseClock } from '../../../src/infra/database/index.js';
import { SystemClock } from '../../../src/kernel/index.js';
import { type Actor, AuditService } from '../../../src/modules/audit/index.js';
import { DatasetReadsRepository } from '../../../src/modules/datasets/dataset-reads.repository.js';
import { DatasetsRepository } from '../../../src/modules/datasets/datasets.repository.js';
import { DatasetsService } from '../../../src/modules/datasets/datasets.service.js';
import { ItemsService } from '../../../src/modules/datasets/items/items.service.js';
import { Revisions } from '../../../src/modules/datasets/items/revisions.js';
import { RevisionsRepository } from '../../../src/modules/datasets/items/revisions.repository.js';
import { UploadsRepository } from '../../../src/modules/datasets/items/uploads.repository.js';
import { ACTOR } from '../rows/actor.js';
import type { LedgerContext } from '../database/ledger-context.js';

/** The services of datasets on a real database. */
export class DatasetsWorld {
  readonly reads = new DatasetReadsRepository();
  readonly datasets: DatasetsService;
  readonly items: ItemsService;
  readonly actor: Actor;

  private constructor(
    readonly context: LedgerContext,
    private readonly databaseClock: DatabaseClock,
  ) {
    const { scope, projectId } = context;
    const audit = new AuditService();
    const repository = new RevisionsRepository();
    const uploads = new UploadsRepository();
    const revisions = new Revisions(repository, uploads, audit);
    this.actor = { ...ACTOR, projectId };
    this.datasets = new DatasetsService(scope, new DatasetsRepository(), audit);
    this.items = new ItemsService(scope, this.reads, uploads, repository, revisions, databaseClock);
  }

  static async open(context: LedgerContext): Promise<DatasetsWorld> {
    const databaseClock = new DatabaseClock(context.scope, new SystemClock());
    await databaseClock.onModuleInit();
    return new DatasetsWorld(context, databaseClock);
  }

  close(): void {
    this.databaseClock.onModuleDestroy();
  }
}
