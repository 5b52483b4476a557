import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { UserEntity } from '../../../entities/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import { decodeIdCursor, toPage } from '../../../infra/http/index.js';
import { AuditService, toPrincipal } from '../../audit/index.js';
import { Authenticator, type Caller, ForbiddenError, UserNotFoundError } from '../../auth/index.js';
import { UserExistsError } from '../errors.js';
import type { CreateUserDto, ListUsersQueryDto, UpdateUserDto, UserDto, UserListDto } from './users.dto.js';
import { UsersRepository } from './users.repository.js';

/** Manages people and service accounts. Their rights are defined in each project, by members and teams. */
@Injectable()
export class UsersService {
  constructor(
    private readonly scope: TenantScope,
    private readonly users: UsersRepository,
    private readonly audit: AuditService,
    private readonly authenticator: Authenticator,
  ) {}

  /** @throws UserExistsError `USER_EXISTS` if the address is taken. */
  async create(caller: Caller, { kind, name, email }: CreateUserDto): Promise<UserDto> {
    return this.scope.instance(caller.projectId, async (tx) => {
      const made = await this.users.insert(tx, {
        kind,
        name,
        email: email ?? null,
        madeBy: toPrincipal(caller),
        madeIn: caller.kind === 'instance' ? null : caller.projectId,
      });
      if (made === null) throw new UserExistsError(email ?? '');
      const after = toUserDto(made);
      await this.audit.append(tx, caller, { action: 'user.create', subject: toSubject(made), after });
      return after;
    });
  }

  /** Lists the users that the caller's project can see; for the instance admin, all users. */
  async list(caller: Caller, { kind, cursor, limit }: ListUsersQueryDto): Promise<UserListDto> {
    const afterId = decodeIdCursor(cursor);
    const found = await this.looking(caller, (tx) =>
      this.users.list(tx, { kind, afterId, limit: limit + 1 }),
    );
    const { entries, nextCursor } = toPage(found, limit, ({ userId }) => userId);
    return { users: entries.map(toUserDto), next_cursor: nextCursor };
  }

  /**
   * Enables or disables a user. Users may work in several projects, so a project may only disable those that it created.
   * @throws UserNotFoundError `USER_NOT_FOUND` for a user whom the project cannot see.
   * @throws ForbiddenError `FORBIDDEN` for a user created by another project.
   */
  async update(caller: Caller, userId: string, { disabled }: UpdateUserDto): Promise<UserDto> {
    const visible = await this.looking(caller, (tx) => this.users.find(tx, userId));
    if (visible === null) throw new UserNotFoundError(userId);
    if (caller.kind !== 'instance' && visible.madeIn !== caller.projectId) {
      throw new ForbiddenError(
        [],
        'This user was not made in your project and may work in others; ask the admin of the instance, or take the role away with DELETE /v1/members/{user_id}.',
      );
    }
    const updated = await this.scope.instance(caller.projectId, async (tx) => {
      await this.users.setDisabled(tx, userId, disabled);
      const after = toUserDto((await this.users.find(tx, userId)) ?? visible);
      const before = toUserDto(visible);
      await this.audit.append(tx, caller, {
        action: 'user.update',
        subject: toSubject(visible),
        before,
        after,
      });
      return after;
    });
    this.authenticator.forgetUser(userId);
    return updated;
  }

  private looking<T>(caller: Caller, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    if (caller.kind === 'instance') return this.scope.instance(caller.projectId, work);
    return this.scope.transaction(caller.projectId, work);
  }
}

function toSubject({ userId }: UserEntity): string {
  return `user/${userId}`;
}

function toUserDto({ userId, kind, email, name, disabledAt, createdAt }: UserEntity): UserDto {
  return {
    user_id: userId,
    kind,
    email,
    name,
    disabled: disabledAt !== null,
    disabled_at: disabledAt?.toISOString() ?? null,
    created_at: createdAt.toISOString(),
  };
}
