import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Role, TeamEntity, TeamMemberEntity } from '../../../entities/index.js';

export interface TeamRecord {
  readonly name: string;
  readonly role: Role;
  /** Ids, in order. */
  readonly members: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const READ = `SELECT t.name, t.role, t.created_at AS "createdAt", t.updated_at AS "updatedAt",
    ARRAY(SELECT s.user_id::text FROM team_members s WHERE s.project_id = t.project_id AND s.team = t.name ORDER BY s.user_id) AS members
  FROM teams t WHERE t.project_id = $1`;

@Injectable()
export class TeamsRepository {
  async find(tx: EntityManager, projectId: string, name: string): Promise<TeamRecord | null> {
    const [row] = await tx.query<TeamRecord[]>(`${READ} AND t.name = $2`, [projectId, name]);
    return row ?? null;
  }

  /** Lists by name. */
  async list(
    tx: EntityManager,
    projectId: string,
    afterName: string | undefined,
    limit: number,
  ): Promise<TeamRecord[]> {
    const values: unknown[] = [projectId, limit];
    const after = afterName === undefined ? '' : `AND t.name > $${values.push(afterName)}`;
    return tx.query<TeamRecord[]>(`${READ} ${after} ORDER BY t.name LIMIT $2`, values);
  }

  async put(
    tx: EntityManager,
    projectId: string,
    { name, role, members }: Pick<TeamRecord, 'name' | 'role' | 'members'>,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO teams (project_id, name, role) VALUES ($1, $2, $3)
       ON CONFLICT (project_id, name) DO UPDATE SET role = excluded.role, updated_at = now()`,
      [projectId, name, role],
    );
    await tx.delete(TeamMemberEntity, { projectId, team: name });
    await tx.query(`INSERT INTO team_members (project_id, team, user_id) SELECT $1, $2, unnest($3::uuid[])`, [
      projectId,
      name,
      members,
    ]);
  }

  async delete(tx: EntityManager, projectId: string, name: string): Promise<void> {
    await tx.delete(TeamEntity, { projectId, name });
  }
}
