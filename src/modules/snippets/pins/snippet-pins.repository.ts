import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PinnedSnippet, SnippetPin } from '../../../templating/index.js';

/** A snippet in use, without its text. */
export interface FoundPin {
  readonly versionId: string;
  readonly chars: number;
  /** Whether the content names it; otherwise another snippet uses it. */
  readonly isDirect: boolean;
}

export interface NewPin {
  readonly snippetVersionId: string;
  readonly isDirect: boolean;
}

/** One lock for all snippets of a project: using snippets shares it, and changing or deleting one takes it exclusively. */
const LOCK_KEY = `hashtextextended('snippets ' || $1, 0)`;

/**
 * Finds the versions requested by name and number, and all that they use, since a version has the pins of everything below it. LATERAL and
 * LIMIT 1 keep each look-up separate: planned while the tables were small, joins of a thousand pins are products of tables.
 */
const FIND = `WITH asked AS MATERIALIZED (
    SELECT v.version_id FROM unnest($2::text[], $3::integer[]) AS w(name, number)
    CROSS JOIN LATERAL (SELECT s.snippet_id FROM snippets s
      WHERE s.project_id = $1 AND s.name = w.name AND s.deleted_at IS NULL LIMIT 1) s
    CROSS JOIN LATERAL (SELECT v.version_id FROM snippet_versions v
      WHERE v.project_id = $1 AND v.snippet_id = s.snippet_id AND v.version_number = w.number LIMIT 1) v
  ), used AS MATERIALIZED (
    SELECT each.version_id, bool_or(each.is_direct) AS is_direct FROM (
      SELECT version_id, true AS is_direct FROM asked
      UNION ALL
      SELECT n.snippet_version_id, false FROM asked
      CROSS JOIN LATERAL (SELECT n.snippet_version_id FROM snippet_pins n
        WHERE n.project_id = $1 AND n.used_by_version_id = asked.version_id OFFSET 0) n
    ) each GROUP BY each.version_id LIMIT $4
  )
  SELECT u.version_id AS "versionId", u.is_direct AS "isDirect", v.chars FROM used u
  CROSS JOIN LATERAL (SELECT length(v.template_source) AS chars FROM snippet_versions v
    WHERE v.project_id = $1 AND v.version_id = u.version_id LIMIT 1) v`;

const VERSIONS = `unnest($2::uuid[]) AS w(version_id)
  CROSS JOIN LATERAL (SELECT * FROM snippet_versions v WHERE v.project_id = $1 AND v.version_id = w.version_id LIMIT 1) v
  CROSS JOIN LATERAL (SELECT * FROM snippets s WHERE s.project_id = $1 AND s.snippet_id = v.snippet_id LIMIT 1) s`;

const READ = `SELECT s.name, v.version_number, v.version_id, v.checksum_hash, v.template_source
  FROM ${VERSIONS} ORDER BY s.name, v.version_number`;

const COUNT_LIVE = `SELECT count(*)::integer AS count FROM ${VERSIONS} WHERE s.deleted_at IS NULL`;

const INSERT = `INSERT INTO snippet_pins (project_id, snippet_version_id, used_by_version_id, by_snippet, is_direct)
  SELECT $1, pin.version_id, $2, $3, pin.is_direct FROM unnest($4::uuid[], $5::boolean[]) AS pin(version_id, is_direct)`;

/** Stores which versions of snippets a content uses. */
@Injectable()
export class SnippetPinsRepository {
  /** Keeps all snippets of the project unchanged until the transaction ends. Call it before any lock on a prompt. */
  async hold(tx: EntityManager, projectId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock_shared(${LOCK_KEY})`, [projectId]);
  }

  /** Takes the lock exclusively, for changing snippets. */
  async holdAlone(tx: EntityManager, projectId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(${LOCK_KEY})`, [projectId]);
  }

  /** @param limit for the result, including snippets used by snippets. */
  async find(
    tx: EntityManager,
    projectId: string,
    pins: readonly SnippetPin[],
    limit: number,
  ): Promise<FoundPin[]> {
    const names = pins.map(({ name }) => name);
    const numbers = pins.map(({ versionNumber }) => versionNumber);
    return tx.query<FoundPin[]>(FIND, [projectId, names, numbers, limit]);
  }

  /** Reads the snippets with their texts, by name and number. */
  async read(tx: EntityManager, projectId: string, versionIds: readonly string[]): Promise<PinnedSnippet[]> {
    return tx.query<PinnedSnippet[]>(READ, [projectId, versionIds]);
  }

  /** Counts the versions whose snippets are not deleted. */
  async countLive(tx: EntityManager, projectId: string, versionIds: readonly string[]): Promise<number> {
    const [row] = await tx.query<{ count: number }[]>(COUNT_LIVE, [projectId, versionIds]);
    return row?.count ?? 0;
  }

  async insert(
    tx: EntityManager,
    projectId: string,
    user: { readonly versionId: string; readonly isSnippet: boolean },
    pins: readonly NewPin[],
  ): Promise<void> {
    const ids = pins.map(({ snippetVersionId }) => snippetVersionId);
    const direct = pins.map(({ isDirect }) => isDirect);
    await tx.query(INSERT, [projectId, user.versionId, user.isSnippet, ids, direct]);
  }
}
