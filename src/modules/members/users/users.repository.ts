import { Injectable } from '@nestjs/common';
import { type EntityManager, MoreThan } from 'typeorm';
import { UserEntity, type UserKind } from '../../../entities/index.js';

export type NewUser = Pick<UserEntity, 'kind' | 'email' | 'name' | 'madeBy' | 'madeIn'>;

export interface UserFilter {
  readonly kind: UserKind | undefined;
  readonly afterId: string | undefined;
  readonly limit: number;
}

/** Stores users. A project sees its members, and users that its own admins created. A transaction of the instance sees everybody. */
@Injectable()
export class UsersRepository {
  /** Requires a transaction of the instance. @returns null if the address is taken. */
  async insert(tx: EntityManager, user: NewUser): Promise<UserEntity | null> {
    const rows = await tx.query<{ user_id: string }[]>(
      `INSERT INTO users (kind, email, name, made_by, made_in) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING user_id`,
      [user.kind, user.email, user.name, user.madeBy, user.madeIn],
    );
    const [row] = rows;
    return row === undefined ? null : this.find(tx, row.user_id);
  }

  async find(tx: EntityManager, userId: string): Promise<UserEntity | null> {
    return tx.findOneBy(UserEntity, { userId });
  }

  /** Lists the oldest first. */
  async list(tx: EntityManager, { kind, afterId, limit }: UserFilter): Promise<UserEntity[]> {
    return tx.find(UserEntity, {
      where: {
        ...(kind === undefined ? {} : { kind }),
        ...(afterId === undefined ? {} : { userId: MoreThan(afterId) }),
      },
      order: { userId: 'ASC' },
      take: limit,
    });
  }

  /** Requires a transaction of the instance. A user who is already disabled keeps their time. */
  async setDisabled(tx: EntityManager, userId: string, isDisabled: boolean): Promise<void> {
    await tx.query(
      `UPDATE users SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, now()) END WHERE user_id = $1`,
      [userId, isDisabled],
    );
  }
}
