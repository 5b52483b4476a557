import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MemberEntity, type Role, TeamMemberEntity, type UserKind } from '../../entities/index.js';

/** A member, with the user's details. */
export interface MemberRecord {
  readonly userId: string;
  readonly kind: UserKind;
  readonly email: string | null;
  readonly name: string;
  readonly role: Role;
  readonly disabledAt: Date | null;
  readonly addedAt: Date;
  readonly addedBy: string;
}

const READ = `SELECT m.user_id AS "userId", u.kind, u.email, u.name, m.role, u.disabled_at AS "disabledAt",
    m.added_at AS "addedAt", m.added_by AS "addedBy"
  FROM members m JOIN users u ON u.user_id = m.user_id WHERE m.project_id = $1`;

@Injectable()
export class MembersRepository {
  async find(tx: EntityManager, projectId: string, userId: string): Promise<MemberRecord | null> {
    const [row] = await tx.query<MemberRecord[]>(`${READ} AND m.user_id = $2`, [projectId, userId]);
    return row ?? null;
  }

  /** Waits for other changes of the project's members, so that earlier checks still hold. */
  async takeTurn(tx: EntityManager, projectId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('members ' || $1, 0))`, [projectId]);
  }

  async list(
    tx: EntityManager,
    projectId: string,
    afterId: string | undefined,
    limit: number,
  ): Promise<MemberRecord[]> {
    const values: unknown[] = [projectId, limit];
    const after = afterId === undefined ? '' : `AND m.user_id > $${values.push(afterId)}::uuid`;
    return tx.query<MemberRecord[]>(`${READ} ${after} ORDER BY m.user_id LIMIT $2`, values);
  }

  /** Returns those of the given ids that are members. */
  async listIdsAmong(tx: EntityManager, projectId: string, userIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      'SELECT user_id AS id FROM members WHERE project_id = $1 AND user_id = ANY ($2::uuid[])',
      [projectId, userIds],
    );
    return rows.map(({ id }) => id);
  }

  async put(tx: EntityManager, member: Omit<MemberEntity, 'addedAt'>): Promise<void> {
    await tx.query(
      `INSERT INTO members (project_id, user_id, role, added_by) VALUES ($1, $2, $3, $4)
       ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role`,
      [member.projectId, member.userId, member.role, member.addedBy],
    );
  }

  /** Removes the member, also from their teams. */
  async delete(tx: EntityManager, projectId: string, userId: string): Promise<void> {
    await tx.delete(TeamMemberEntity, { projectId, userId });
    await tx.delete(MemberEntity, { projectId, userId });
  }
}
