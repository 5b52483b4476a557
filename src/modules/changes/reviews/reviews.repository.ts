import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ChangeReviewEntity, type Role } from '../../../entities/index.js';
import type { ReviewRecord } from '../changes.repository.js';

/** One reviewer's comment and verdict. */
export type NewReview = Omit<ChangeReviewEntity, 'reviewedAt'>;

/**
 * An approval counts by its author's current rights. A user must be enabled, with a sufficient role in the project or in the team that owns
 * the prompt. A key without an owner must be neither revoked nor expired, and have the scope. If teams are named, only their members count,
 * and neither a key nor the instance is a member of any.
 */
const LIST = `SELECT r.change_id AS "changeId", r.reviewer, r.reviewer_name AS "reviewerName", r.verdict, r.comment,
    r.reviewed_at AS "reviewedAt",
    r.verdict = 'approved' AND CASE split_part(r.reviewer, ':', 1)
      WHEN 'user' THEN
        EXISTS (SELECT FROM users u WHERE u.user_id = who.id AND u.disabled_at IS NULL)
        AND (EXISTS (SELECT FROM members m WHERE m.project_id = $1 AND m.user_id = who.id AND m.role = ANY ($3::text[]))
          OR EXISTS (SELECT FROM team_members tm JOIN teams t ON t.project_id = tm.project_id AND t.name = tm.team
            WHERE tm.project_id = $1 AND tm.user_id = who.id AND tm.team = p.owner_team AND t.role = ANY ($3::text[])))
        AND (c.approval_teams = '{}' OR EXISTS (SELECT FROM team_members tm
          WHERE tm.project_id = $1 AND tm.user_id = who.id AND tm.team = ANY (c.approval_teams)))
      WHEN 'key' THEN
        c.approval_teams = '{}' AND EXISTS (SELECT FROM api_keys k
          WHERE k.project_id = $1 AND k.key_id = who.id AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
            AND CASE WHEN k.role IS NULL THEN $4 = ANY (k.scopes) ELSE k.role = ANY ($3::text[]) END)
      ELSE c.approval_teams = '{}'
    END AS counts
  FROM change_reviews r
  JOIN changes c ON c.project_id = r.project_id AND c.change_id = r.change_id
  JOIN prompts p ON p.project_id = c.project_id AND p.prompt_id = c.prompt_id
  CROSS JOIN LATERAL (SELECT CASE WHEN r.reviewer LIKE '%:%' THEN split_part(r.reviewer, ':', 2)::uuid END AS id OFFSET 0) AS who
  WHERE r.project_id = $1 AND r.change_id = ANY ($2::uuid[])
  ORDER BY r.reviewed_at, r.reviewer`;

const INSERT = `INSERT INTO change_reviews (project_id, change_id, reviewer, reviewer_name, key_id, verdict, comment)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT DO NOTHING
  RETURNING change_id`;

/**
 * Finds the principals behind the given ones: who created an account or a key, which keys a key descends from, and who owns those. The
 * instance created nearly everything in the end, so it stands only for what it created directly.
 */
const MAKERS = `WITH RECURSIVE line (principal, depth) AS (
    SELECT unnest($1::text[]), 0
    UNION
    SELECT maker.principal, l.depth + 1
    FROM line l CROSS JOIN LATERAL (
      SELECT u.made_by AS principal FROM users u
      WHERE u.user_id = CASE WHEN l.principal LIKE 'user:%' THEN substr(l.principal, 6)::uuid END
      UNION ALL
      SELECT source.principal FROM api_keys k CROSS JOIN LATERAL (
        SELECT k.made_by AS principal
        UNION ALL SELECT 'user:' || k.user_id WHERE k.user_id IS NOT NULL
        UNION ALL SELECT 'key:' || ancestor FROM unnest(k.ancestors) AS ancestor) AS source
      WHERE k.key_id = CASE WHEN l.principal LIKE 'key:%' THEN substr(l.principal, 5)::uuid END) AS maker
    WHERE l.depth < 16
  )
  SELECT DISTINCT principal FROM line WHERE principal <> 'instance' OR depth <= 1`;

@Injectable()
export class ReviewsRepository {
  /** @returns false when the reviewer has already given this verdict. The first comment stays. */
  async insert(tx: EntityManager, review: NewReview): Promise<boolean> {
    const { projectId, changeId, reviewer, reviewerName, keyId, verdict, comment } = review;
    const values = [projectId, changeId, reviewer, reviewerName, keyId, verdict, comment];
    return (await tx.query<unknown[]>(INSERT, values)).length === 1;
  }

  /** Lists the reviews of these changes, oldest first. @param by which roles may approve, and which scope lets a key approve. */
  async list(
    tx: EntityManager,
    projectId: string,
    changeIds: readonly string[],
    by: { readonly roles: readonly Role[]; readonly scope: string },
  ): Promise<ReviewRecord[]> {
    return tx.query<ReviewRecord[]>(LIST, [projectId, changeIds, by.roles, by.scope]);
  }

  /** The result includes the given principals. Requires a transaction of `TenantScope.instance`, because a creator may not be a member. */
  async listMakers(tx: EntityManager, principals: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ principal: string }[]>(MAKERS, [principals]);
    return new Set(rows.map(({ principal }) => principal));
  }
}
