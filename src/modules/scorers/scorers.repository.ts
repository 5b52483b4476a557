import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ScorerEntity, type ScorerKind } from '../../entities/index.js';

export interface ScorerVersionRecord {
  readonly scorerVersionId: string;
  readonly versionNumber: number;
  readonly checksumHash: string;
  /** The definition as JSON text. */
  readonly definitionJson: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** A scorer with one of its versions. */
export interface ScorerRecord extends ScorerVersionRecord {
  readonly scorerId: string;
  readonly name: string;
  readonly kind: ScorerKind;
  readonly scorerCreatedAt: Date;
  readonly scorerUpdatedAt: Date;
}

export interface NewScorerVersion {
  readonly projectId: string;
  readonly scorerId: string;
  readonly versionNumber: number;
  readonly definitionJson: string;
  readonly checksumHash: string;
  readonly createdBy: string;
}

export interface ScorerFilter {
  readonly kind?: ScorerKind | undefined;
  readonly afterName?: string | undefined;
  readonly limit: number;
}

/** The definition is read as text, which alone keeps the spelling of its numbers. */
const VERSION = `v.scorer_version_id AS "scorerVersionId", v.version_number AS "versionNumber", v.checksum_hash AS "checksumHash",
    v.definition::text AS "definitionJson", v.created_by AS "createdBy", v.created_at AS "createdAt"`;

const WITH_SCORER = `SELECT s.scorer_id AS "scorerId", s.name, s.kind, s.created_at AS "scorerCreatedAt", s.updated_at AS "scorerUpdatedAt", ${VERSION}
  FROM scorers s`;

const NEWEST = `CROSS JOIN LATERAL (SELECT * FROM scorer_versions v WHERE v.project_id = s.project_id AND v.scorer_id = s.scorer_id
    ORDER BY v.version_number DESC LIMIT 1) AS v`;

const FIND_NEWEST = `${WITH_SCORER} ${NEWEST} WHERE s.project_id = $1 AND s.name = $2 AND s.deleted_at IS NULL`;

const FIND_NUMBERED = `${WITH_SCORER}
  JOIN scorer_versions v ON v.project_id = s.project_id AND v.scorer_id = s.scorer_id AND v.version_number = $3
  WHERE s.project_id = $1 AND s.name = $2 AND s.deleted_at IS NULL`;

const FIND_BY_ID = `${WITH_SCORER}
  JOIN scorer_versions v ON v.project_id = s.project_id AND v.scorer_id = s.scorer_id
  WHERE v.project_id = $1 AND v.scorer_version_id = $2`;

const LIST_VERSIONS = `SELECT ${VERSION} FROM scorer_versions v WHERE v.project_id = $1 AND v.scorer_id = $2 ORDER BY v.version_number DESC`;

const INSERT_SCORER = `INSERT INTO scorers (project_id, name, kind) VALUES ($1, $2, $3)
  ON CONFLICT (project_id, name) WHERE deleted_at IS NULL DO NOTHING`;

const INSERT_VERSION = `INSERT INTO scorer_versions (project_id, scorer_id, version_number, definition, checksum_hash, created_by)
  VALUES ($1, $2, $3, $4::json, $5, $6)`;

@Injectable()
export class ScorersRepository {
  /**
   * Returns the live scorer of that name, created if there is none, and locks it until the transaction ends. Concurrent puts of a scorer
   * wait here, so that versions get consecutive numbers.
   */
  async findOrCreateLocked(
    tx: EntityManager,
    projectId: string,
    name: string,
    kind: ScorerKind,
  ): Promise<ScorerEntity> {
    for (;;) {
      await tx.query(INSERT_SCORER, [projectId, name, kind]);
      const scorer = await this.findLocked(tx, projectId, name);
      // The scorer may have been deleted in between.
      if (scorer !== null) return scorer;
    }
  }

  async findLocked(tx: EntityManager, projectId: string, name: string): Promise<ScorerEntity | null> {
    return tx
      .createQueryBuilder(ScorerEntity, 's')
      .where('s.projectId = :projectId AND s.name = :name AND s.deletedAt IS NULL', { projectId, name })
      .setLock('pessimistic_write')
      .getOne();
  }

  async findId(tx: EntityManager, projectId: string, name: string): Promise<string | null> {
    const text =
      'SELECT scorer_id AS id FROM scorers WHERE project_id = $1 AND name = $2 AND deleted_at IS NULL';
    const [row] = await tx.query<{ id: string }[]>(text, [projectId, name]);
    return row?.id ?? null;
  }

  /** Returns the scorer of that name; if none is left, the most recently deleted one. */
  async findLatestId(tx: EntityManager, projectId: string, name: string): Promise<string | null> {
    const text = `SELECT scorer_id AS id FROM scorers WHERE project_id = $1 AND name = $2 ORDER BY deleted_at DESC NULLS FIRST LIMIT 1`;
    return (await tx.query<{ id: string }[]>(text, [projectId, name]))[0]?.id ?? null;
  }

  /** @param versionNumber null for the newest version. */
  async findVersion(
    tx: EntityManager,
    projectId: string,
    name: string,
    versionNumber: number | null,
  ): Promise<ScorerRecord | null> {
    const rows =
      versionNumber === null
        ? await tx.query<ScorerRecord[]>(FIND_NEWEST, [projectId, name])
        : await tx.query<ScorerRecord[]>(FIND_NUMBERED, [projectId, name, versionNumber]);
    return rows[0] ?? null;
  }

  /** Finds versions of deleted scorers, too. */
  async findVersionById(
    tx: EntityManager,
    projectId: string,
    scorerVersionId: string,
  ): Promise<ScorerRecord | null> {
    return (await tx.query<ScorerRecord[]>(FIND_BY_ID, [projectId, scorerVersionId]))[0] ?? null;
  }

  async findByChecksum(
    tx: EntityManager,
    { projectId, scorerId }: Pick<ScorerEntity, 'projectId' | 'scorerId'>,
    checksumHash: string,
  ): Promise<number | null> {
    const text = `SELECT version_number AS number FROM scorer_versions WHERE project_id = $1 AND scorer_id = $2 AND checksum_hash = $3`;
    const [row] = await tx.query<{ number: number }[]>(text, [projectId, scorerId, checksumHash]);
    return row?.number ?? null;
  }

  /** Returns 0 when there is no version yet. */
  async highestNumber(
    tx: EntityManager,
    { projectId, scorerId }: Pick<ScorerEntity, 'projectId' | 'scorerId'>,
  ): Promise<number> {
    const text = `SELECT max(version_number) AS number FROM scorer_versions WHERE project_id = $1 AND scorer_id = $2`;
    const [row] = await tx.query<{ number: number | null }[]>(text, [projectId, scorerId]);
    return row?.number ?? 0;
  }

  async insertVersion(tx: EntityManager, version: NewScorerVersion): Promise<void> {
    const { projectId, scorerId, versionNumber, definitionJson, checksumHash, createdBy } = version;
    await tx.query(INSERT_VERSION, [
      projectId,
      scorerId,
      versionNumber,
      definitionJson,
      checksumHash,
      createdBy,
    ]);
    await tx.update(ScorerEntity, { projectId, scorerId }, { updatedAt: () => 'now()' });
  }

  /** Lists the newest first. */
  async listVersions(tx: EntityManager, projectId: string, scorerId: string): Promise<ScorerVersionRecord[]> {
    return tx.query<ScorerVersionRecord[]>(LIST_VERSIONS, [projectId, scorerId]);
  }

  /** Lists scorers by name, each with its newest version. */
  async list(tx: EntityManager, projectId: string, filter: ScorerFilter): Promise<ScorerRecord[]> {
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    let text = `${WITH_SCORER} ${NEWEST} WHERE s.project_id = $1 AND s.deleted_at IS NULL`;
    if (filter.kind !== undefined) text += ` AND s.kind = ${bind(filter.kind)}`;
    if (filter.afterName !== undefined) text += ` AND s.name > ${bind(filter.afterName)}`;
    return tx.query<ScorerRecord[]>(`${text} ORDER BY s.name LIMIT ${bind(filter.limit)}`, values);
  }

  /** Frees the name. Keeps versions and scores. */
  async markDeleted(
    tx: EntityManager,
    { projectId, scorerId }: Pick<ScorerEntity, 'projectId' | 'scorerId'>,
  ): Promise<void> {
    await tx.update(ScorerEntity, { projectId, scorerId }, { deletedAt: () => 'now()' });
  }
}
