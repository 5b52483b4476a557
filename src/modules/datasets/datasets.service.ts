import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../infra/database/index.js';
import { decodeCursor, type PageQueryDto, toPage, SourcedJson } from '../../infra/http/index.js';
import { MAX_INT, writeJson } from '../../kernel/index.js';
import { type Actor, AuditService } from '../audit/index.js';
import { compileSchema } from '../../json-schema/index.js';
import type {
  DatasetListDto,
  DatasetSummaryDto,
  DatasetVersionDto,
  DatasetVersionsDto,
  PutDatasetDto,
} from './datasets.dto.js';
import {
  type DatasetFacts,
  type DatasetRow,
  DatasetsRepository,
  type VersionRow,
} from './datasets.repository.js';
import { DatasetNotFoundError } from './errors.js';

/** Manages datasets and their versions, without the items. */
@Injectable()
export class DatasetsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly datasets: DatasetsRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Creates a dataset, or changes its description and schema. A repeated request changes nothing.
   * @returns a `DatasetDto`.
   * @throws ValidationError `VALIDATION_FAILED` for an invalid or unsupported schema.
   */
  async put(actor: Actor, name: string, request: PutDatasetDto): Promise<SourcedJson> {
    if (request.variables_schema != null) compileSchema(request.variables_schema, '/variables_schema');
    const dataset = await this.scope.transaction(actor.projectId, (tx) =>
      this.write(tx, actor, name, request),
    );
    return datasetView(dataset);
  }

  /** Returns a `DatasetDto`. @throws DatasetNotFoundError `DATASET_NOT_FOUND` */
  async get(projectId: string, name: string): Promise<SourcedJson> {
    return this.scope.transaction(projectId, async (tx) =>
      datasetView(await this.getRow(tx, projectId, name)),
    );
  }

  async list(projectId: string, { limit, cursor }: PageQueryDto): Promise<DatasetListDto> {
    const after = cursor === undefined ? null : decodeCursor(cursor, parseName);
    const found = await this.scope.transaction(projectId, (tx) =>
      this.datasets.list(tx, projectId, after, limit + 1),
    );
    const { entries, nextCursor } = toPage(found, limit, ({ name }) => name);
    return { datasets: entries.map(summaryView), next_cursor: nextCursor };
  }

  /** Lists versions, newest first. @throws DatasetNotFoundError `DATASET_NOT_FOUND` */
  async listVersions(
    projectId: string,
    name: string,
    { limit, cursor }: PageQueryDto,
  ): Promise<DatasetVersionsDto> {
    const before = cursor === undefined ? null : decodeCursor(cursor, parseRevision);
    const found = await this.scope.transaction(projectId, async (tx) => {
      const { datasetId } = await this.getRow(tx, projectId, name);
      return this.datasets.listVersions(tx, projectId, datasetId, before, limit + 1);
    });
    const { entries, nextCursor } = toPage(found, limit, ({ revision }) => revision);
    return { versions: entries.map(versionView), next_cursor: nextCursor };
  }

  /**
   * Frees the name for another dataset. Keeps the versions, for whatever is pinned to them.
   * @throws DatasetNotFoundError `DATASET_NOT_FOUND`
   */
  async delete(actor: Actor, name: string): Promise<void> {
    const { projectId } = actor;
    await this.scope.transaction(projectId, async (tx) => {
      const dataset = await this.datasets.lock(tx, projectId, name);
      if (dataset === null) throw new DatasetNotFoundError(name);
      await this.datasets.delete(tx, projectId, dataset.datasetId);
      const before = { version: dataset.version, item_count: dataset.itemCount };
      await this.audit.append(tx, actor, {
        ...toSubject(dataset),
        action: 'dataset.delete',
        before,
        after: null,
      });
    });
  }

  private async write(
    tx: EntityManager,
    actor: Actor,
    name: string,
    request: PutDatasetDto,
  ): Promise<DatasetRow> {
    const { projectId } = actor;
    const before = await this.datasets.lock(tx, projectId, name);
    const wanted = wantedFacts(before, request);
    if (before === null) {
      const added = await this.datasets.add(tx, projectId, name, wanted);
      // Another request has created it since we looked, so it can be locked now.
      if (added === null) return this.write(tx, actor, name, request);
      await this.audit.append(tx, actor, {
        ...toSubject(added),
        action: 'dataset.put',
        before: null,
        after: auditView(wanted),
      });
      return added;
    }
    if (isSame(before, wanted)) return before;
    await this.datasets.change(tx, projectId, before.datasetId, wanted);
    await this.audit.append(tx, actor, {
      ...toSubject(before),
      action: 'dataset.put',
      before: auditView(before),
      after: auditView(wanted),
    });
    return this.getRow(tx, projectId, name);
  }

  private async getRow(tx: EntityManager, projectId: string, name: string): Promise<DatasetRow> {
    const dataset = await this.datasets.find(tx, projectId, name);
    if (dataset === null) throw new DatasetNotFoundError(name);
    return dataset;
  }
}

function wantedFacts(before: DatasetFacts | null, request: PutDatasetDto): DatasetFacts {
  const { description, variables_schema: schema } = request;
  return {
    description: description === undefined ? (before?.description ?? null) : description,
    variablesSchemaJson:
      schema === undefined
        ? (before?.variablesSchemaJson ?? null)
        : schema === null
          ? null
          : writeJson(schema),
  };
}

function isSame(one: DatasetFacts, other: DatasetFacts): boolean {
  return one.description === other.description && one.variablesSchemaJson === other.variablesSchemaJson;
}

/** Leaves the schema out of the log, because it may be large and the dataset shows it. */
function auditView({ description, variablesSchemaJson }: DatasetFacts): object {
  return { description, has_variables_schema: variablesSchemaJson !== null };
}

function toSubject({ name, datasetId }: DatasetRow) {
  return { subject: `dataset/${name}`, subjectId: datasetId };
}

function summaryView(dataset: DatasetRow): DatasetSummaryDto {
  return {
    dataset_id: dataset.datasetId,
    name: dataset.name,
    description: dataset.description,
    version: dataset.version,
    item_count: dataset.itemCount,
    created_at: dataset.createdAt.toISOString(),
    updated_at: dataset.updatedAt.toISOString(),
  };
}

function datasetView(dataset: DatasetRow): SourcedJson {
  const schema = dataset.variablesSchemaJson ?? 'null';
  return new SourcedJson({ ...summaryView(dataset) }, { variables_schema: schema });
}

function versionView(row: VersionRow): DatasetVersionDto {
  return {
    version: row.version,
    item_count: row.itemCount,
    current: row.isCurrent,
    created_at: row.createdAt.toISOString(),
    created_by: row.createdBy,
  };
}

function parseName(position: unknown): string | null {
  return typeof position === 'string' ? position : null;
}

function parseRevision(position: unknown): number | null {
  const isRevision = Number.isInteger(position) && Number(position) >= 1 && Number(position) <= MAX_INT;
  return isRevision ? Number(position) : null;
}
