import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MemberEntity, UserEntity } from '../../entities/index.js';
import type { Identity } from './identity.js';

/** Stores users, for signing in. Each method requires a transaction of the instance, which sees all of them. */
@Injectable()
export class PeopleRepository {
  async findByIdentity(
    tx: EntityManager,
    { issuer, subject }: Pick<Identity, 'issuer' | 'subject'>,
  ): Promise<UserEntity | null> {
    return tx.findOneBy(UserEntity, { issuer, subject });
  }

  /** Ignores the case of the address. */
  async findByEmail(tx: EntityManager, email: string): Promise<UserEntity | null> {
    const [row] = await tx.query<{ user_id: string }[]>(
      'SELECT user_id FROM users WHERE lower(email) = lower($1)',
      [email],
    );
    return row === undefined ? null : tx.findOneBy(UserEntity, { userId: row.user_id });
  }

  /** @returns null if the identity or the address was taken in the meantime. */
  async insert(tx: EntityManager, { issuer, subject, name, email }: Identity): Promise<UserEntity | null> {
    const rows = await tx.query<{ user_id: string }[]>(
      `INSERT INTO users (kind, name, email, issuer, subject) VALUES ('person', $1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING user_id`,
      [name, email, issuer, subject],
    );
    const [row] = rows;
    return row === undefined ? null : tx.findOneBy(UserEntity, { userId: row.user_id });
  }

  /** Links an identity to a user created by an admin. @returns false if the user already has one. */
  async link(tx: EntityManager, userId: string, { issuer, subject }: Identity): Promise<boolean> {
    const [rows] = await tx.query<[unknown[], number]>(
      'UPDATE users SET issuer = $2, subject = $3 WHERE user_id = $1 AND issuer IS NULL RETURNING user_id',
      [userId, issuer, subject],
    );
    return rows.length > 0;
  }

  /** @returns the previous role; null for none. */
  async makeAdmin(tx: EntityManager, projectId: string, userId: string, addedBy: string) {
    const before = await tx.findOneBy(MemberEntity, { projectId, userId });
    await tx.query(
      `INSERT INTO members (project_id, user_id, role, added_by) VALUES ($1, $2, 'admin', $3)
       ON CONFLICT (project_id, user_id) DO UPDATE SET role = 'admin'`,
      [projectId, userId, addedBy],
    );
    return before?.role ?? null;
  }
}
