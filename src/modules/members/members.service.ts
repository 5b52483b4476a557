import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../infra/database/index.js';
import { decodeIdCursor, type PageQueryDto, toPage } from '../../infra/http/index.js';
import { AuditService } from '../audit/index.js';
import { Authenticator, type Caller, UserNotFoundError } from '../auth/index.js';
import { assertMayGive } from './assert-may-give.js';
import { MemberNotFoundError } from './errors.js';
import type { MemberDto, MemberListDto, PutMemberDto } from './members.dto.js';
import { type MemberRecord, MembersRepository } from './members.repository.js';
import { UsersRepository } from './users/users.repository.js';

/** Gives users a role in a project. The last admin may be removed, because the instance admin can always repair that. */
@Injectable()
export class MembersService {
  constructor(
    private readonly scope: TenantScope,
    private readonly members: MembersRepository,
    private readonly users: UsersRepository,
    private readonly audit: AuditService,
    private readonly authenticator: Authenticator,
  ) {}

  /**
   * Adds a member, or changes their role.
   * @throws UserNotFoundError `USER_NOT_FOUND` for a user whom the project cannot see.
   * @throws ForbiddenError `FORBIDDEN` if the old or the new role is wider than the caller's.
   */
  async put(caller: Caller, userId: string, { role }: PutMemberDto): Promise<MemberDto> {
    assertMayGive(caller, role);
    const { projectId, kind } = caller;
    const open = kind === 'instance' ? 'instance' : 'transaction';
    const put = await this.scope[open](projectId, async (tx) => {
      await this.members.takeTurn(tx, projectId);
      const user = await this.users.find(tx, userId);
      if (user === null) throw new UserNotFoundError(userId);
      const before = await this.members.find(tx, projectId, userId);
      assertMayGive(caller, before?.role ?? null);
      await this.members.put(tx, { projectId, userId, role, addedBy: caller.name });
      const member = await this.members.find(tx, projectId, userId);
      if (member === null) throw new UserNotFoundError(userId);
      await this.audit.append(tx, caller, {
        action: 'member.put',
        subject: toSubject(userId),
        before: before === null ? null : { role: before.role },
        after: { role },
      });
      return member;
    });
    this.authenticator.forgetUser(userId);
    return toDto(put);
  }

  async list(projectId: string, { cursor, limit }: PageQueryDto): Promise<MemberListDto> {
    const afterId = decodeIdCursor(cursor);
    const found = await this.scope.transaction(projectId, (tx) =>
      this.members.list(tx, projectId, afterId, limit + 1),
    );
    const { entries, nextCursor } = toPage(found, limit, ({ userId }) => userId);
    return { members: entries.map(toDto), next_cursor: nextCursor };
  }

  /**
   * Removes a member from the project and its teams. The user and their keys stay, but the keys are refused here.
   * @throws MemberNotFoundError `MEMBER_NOT_FOUND`
   * @throws ForbiddenError `FORBIDDEN` if the member's role is wider than the caller's.
   */
  async delete(caller: Caller, userId: string): Promise<void> {
    const { projectId } = caller;
    await this.scope.transaction(projectId, async (tx) => {
      await this.members.takeTurn(tx, projectId);
      const before = await this.members.find(tx, projectId, userId);
      if (before === null) throw new MemberNotFoundError(userId);
      assertMayGive(caller, before.role);
      await this.members.delete(tx, projectId, userId);
      const change = { action: 'member.delete', subject: toSubject(userId), before: { role: before.role } };
      await this.audit.append(tx, caller, change);
    });
    this.authenticator.forgetUser(userId);
  }
}

function toSubject(userId: string): string {
  return `member/${userId}`;
}

function toDto(member: MemberRecord): MemberDto {
  return {
    user_id: member.userId,
    kind: member.kind,
    email: member.email,
    name: member.name,
    role: member.role,
    disabled: member.disabledAt !== null,
    added_at: member.addedAt.toISOString(),
    added_by: member.addedBy,
  };
}
