import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SnippetEntity, SnippetVersionEntity } from '../../entities/index.js';

export type NewSnippetVersion = Omit<SnippetVersionEntity, 'versionId' | 'createdAt'>;

/** A snippet in a list, with the number of its newest version. */
export type ListedSnippet = Omit<SnippetEntity, 'projectId' | 'deletedAt'> & {
  readonly latestNumber: number;
};

/** A version that uses a version of a snippet. */
export interface SnippetUse {
  readonly kind: 'prompt' | 'snippet';
  readonly name: string;
  readonly versionId: string;
  readonly versionNumber: number;
  readonly snippetVersionNumber: number;
  readonly isDirect: boolean;
  readonly environments: readonly string[];
}

/** The id of a using version and the number of the used one. */
export type UsePosition = readonly [versionId: string, snippetVersionNumber: number];

const LIST = `SELECT s.snippet_id AS "snippetId", s.name, s.description, s.created_at AS "createdAt", s.updated_at AS "updatedAt",
    (SELECT max(v.version_number) FROM snippet_versions v
      WHERE v.project_id = s.project_id AND v.snippet_id = s.snippet_id) AS "latestNumber"
  FROM snippets s WHERE s.project_id = $1 AND s.deleted_at IS NULL AND s.name > $2 AND s.name >= $3 AND s.name < $4
  ORDER BY s.name LIMIT $5`;

/**
 * Finds uses by versions of prompts and snippets that are not deleted. The snippet's own versions count too. LATERAL makes each one index
 * lookup: plain joins were planned as products of tables, and a thousand pins took more than half a minute.
 */
const USES = `SELECT CASE WHEN n.by_snippet THEN 'snippet' ELSE 'prompt' END AS kind, coalesce(p.name, s.name) AS name,
    n.used_by_version_id AS "versionId", coalesce(pv.version_number, sv.version_number) AS "versionNumber",
    v.version_number AS "snippetVersionNumber", n.is_direct AS "isDirect",
    ARRAY(SELECT pp.environment FROM prompt_pointers pp WHERE pp.project_id = $1 AND pp.prompt_id = p.prompt_id
      AND pp.version_id = n.used_by_version_id ORDER BY pp.environment) AS environments
  FROM snippet_versions v
  CROSS JOIN LATERAL (SELECT * FROM snippet_pins n WHERE n.project_id = $1 AND n.snippet_version_id = v.version_id OFFSET 0) n
  LEFT JOIN LATERAL (SELECT * FROM prompt_versions pv
    WHERE NOT n.by_snippet AND pv.project_id = $1 AND pv.version_id = n.used_by_version_id LIMIT 1) pv ON true
  LEFT JOIN LATERAL (SELECT * FROM prompts p
    WHERE p.project_id = $1 AND p.prompt_id = pv.prompt_id AND p.deleted_at IS NULL LIMIT 1) p ON true
  LEFT JOIN LATERAL (SELECT * FROM snippet_versions sv
    WHERE n.by_snippet AND sv.project_id = $1 AND sv.version_id = n.used_by_version_id LIMIT 1) sv ON true
  LEFT JOIN LATERAL (SELECT * FROM snippets s
    WHERE s.project_id = $1 AND s.snippet_id = sv.snippet_id AND s.deleted_at IS NULL LIMIT 1) s ON true
  WHERE v.project_id = $1 AND v.snippet_id = $2 AND (p.prompt_id IS NOT NULL OR s.snippet_id IS NOT NULL)`;

const USES_PAGE = `${USES} AND ($3::uuid IS NULL OR (n.used_by_version_id, v.version_number) < ($3::uuid, $4::integer))
  ORDER BY n.used_by_version_id DESC, v.version_number DESC LIMIT $5`;

/** Ignores uses by the snippet itself, because its versions are deleted along with it. */
const IS_USED = `SELECT EXISTS (${USES} AND s.snippet_id IS DISTINCT FROM $2) AS "isUsed"`;

/** Stores the names of snippets and their immutable versions. */
@Injectable()
export class SnippetsRepository {
  async find(tx: EntityManager, projectId: string, name: string): Promise<SnippetEntity | null> {
    return tx
      .createQueryBuilder(SnippetEntity, 's')
      .where('s.projectId = :projectId AND s.name = :name AND s.deletedAt IS NULL', { projectId, name })
      .getOne();
  }

  /** Lists by name. @param after a name; empty for the first page. */
  async list(
    tx: EntityManager,
    projectId: string,
    { after, prefix, limit }: { readonly after: string; readonly prefix: string; readonly limit: number },
  ): Promise<ListedSnippet[]> {
    // U+10FFFF sorts after any character that a name may contain.
    return tx.query<ListedSnippet[]>(LIST, [projectId, after, prefix, `${prefix}\u{10FFFF}`, limit]);
  }

  async add(
    tx: EntityManager,
    projectId: string,
    name: string,
    description: string | null,
  ): Promise<SnippetEntity> {
    await tx
      .createQueryBuilder()
      .insert()
      .into(SnippetEntity)
      .values({ projectId, name, description })
      .execute();
    return (await this.find(tx, projectId, name)) as SnippetEntity;
  }

  /** @param description undefined leaves it unchanged. */
  async touch(
    tx: EntityManager,
    { projectId, snippetId }: SnippetEntity,
    description: string | null | undefined,
  ): Promise<void> {
    await tx.update(
      SnippetEntity,
      { projectId, snippetId },
      { ...(description === undefined ? {} : { description }), updatedAt: () => 'now()' },
    );
  }

  async markDeleted(tx: EntityManager, { projectId, snippetId }: SnippetEntity): Promise<void> {
    await tx.update(SnippetEntity, { projectId, snippetId }, { deletedAt: () => 'now()' });
  }

  async findByChecksum(
    tx: EntityManager,
    { projectId, snippetId }: SnippetEntity,
    checksumHash: string,
  ): Promise<SnippetVersionEntity | null> {
    return tx.findOneBy(SnippetVersionEntity, { projectId, snippetId, checksumHash });
  }

  async findByNumber(
    tx: EntityManager,
    { projectId, snippetId }: SnippetEntity,
    versionNumber: number,
  ): Promise<SnippetVersionEntity | null> {
    return tx.findOneBy(SnippetVersionEntity, { projectId, snippetId, versionNumber });
  }

  /** Lists the newest first. */
  async listVersions(
    tx: EntityManager,
    { projectId, snippetId }: SnippetEntity,
  ): Promise<SnippetVersionEntity[]> {
    return tx.find(SnippetVersionEntity, {
      where: { projectId, snippetId },
      order: { versionNumber: 'DESC' },
    });
  }

  /** Returns the newest version. A snippet has one from the beginning. */
  async getLatest(tx: EntityManager, { projectId, snippetId }: SnippetEntity): Promise<SnippetVersionEntity> {
    return tx.findOneOrFail(SnippetVersionEntity, {
      where: { projectId, snippetId },
      order: { versionNumber: 'DESC' },
    });
  }

  /** Returns 0 when there is no version yet. */
  async highestNumber(tx: EntityManager, { projectId, snippetId }: SnippetEntity): Promise<number> {
    return (await tx.maximum(SnippetVersionEntity, 'versionNumber', { projectId, snippetId })) ?? 0;
  }

  async addVersion(tx: EntityManager, version: NewSnippetVersion): Promise<SnippetVersionEntity> {
    await tx.insert(SnippetVersionEntity, version);
    const { projectId, snippetId, versionNumber } = version;
    return tx.findOneByOrFail(SnippetVersionEntity, { projectId, snippetId, versionNumber });
  }

  /** @param after null for the first page. */
  async listUses(
    tx: EntityManager,
    { projectId, snippetId }: SnippetEntity,
    after: UsePosition | null,
    limit: number,
  ): Promise<SnippetUse[]> {
    return tx.query<SnippetUse[]>(USES_PAGE, [
      projectId,
      snippetId,
      after?.[0] ?? null,
      after?.[1] ?? null,
      limit,
    ]);
  }

  async isUsed(tx: EntityManager, { projectId, snippetId }: SnippetEntity): Promise<boolean> {
    const [row] = await tx.query<{ isUsed: boolean }[]>(IS_USED, [projectId, snippetId]);
    return row?.isUsed === true;
  }
}
