import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import { decodeCursor, type PageQueryDto, toPage } from '../../../infra/http/index.js';
import { AuditService } from '../../audit/index.js';
import { Authenticator, type Caller } from '../../auth/index.js';
import { assertMayGive } from '../assert-may-give.js';
import { MemberNotFoundError, TeamNotFoundError } from '../errors.js';
import { MembersRepository } from '../members.repository.js';
import type { PutTeamDto, TeamDto, TeamListDto } from './teams.dto.js';
import { type TeamRecord, TeamsRepository } from './teams.repository.js';

/** Manages teams, which give a role over the prompts that they own, in addition to the role in the project. */
@Injectable()
export class TeamsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly teams: TeamsRepository,
    private readonly members: MembersRepository,
    private readonly audit: AuditService,
    private readonly authenticator: Authenticator,
  ) {}

  /**
   * Creates or replaces a team.
   * @throws MemberNotFoundError `MEMBER_NOT_FOUND` for a user who is not a member of the project.
   * @throws ForbiddenError `FORBIDDEN` if the old or the new role is wider than the caller's.
   */
  async put(caller: Caller, name: string, request: PutTeamDto): Promise<TeamDto> {
    assertMayGive(caller, request.role);
    const { projectId } = caller;
    const members = request.members.map((id) => id.toLowerCase());
    const { before, after } = await this.scope.transaction(projectId, async (tx) => {
      await this.members.takeTurn(tx, projectId);
      const known = new Set(await this.members.listIdsAmong(tx, projectId, members));
      const stranger = members.find((id) => !known.has(id));
      if (stranger !== undefined) throw new MemberNotFoundError(stranger);
      const found = await this.teams.find(tx, projectId, name);
      assertMayGive(caller, found?.role ?? null);
      await this.teams.put(tx, projectId, { name, role: request.role, members });
      const put = await this.teams.find(tx, projectId, name);
      if (put === null) throw new TeamNotFoundError(name);
      await this.audit.append(tx, caller, {
        action: 'team.put',
        subject: toSubject(name),
        before: found === null ? null : { role: found.role, members: found.members },
        after: { role: put.role, members: put.members },
      });
      return { before: found, after: put };
    });
    this.forget(before, after);
    return toDto(after);
  }

  async list(projectId: string, { cursor, limit }: PageQueryDto): Promise<TeamListDto> {
    const afterName = cursor === undefined ? undefined : decodeCursor(cursor, parseName);
    const found = await this.scope.transaction(projectId, (tx) =>
      this.teams.list(tx, projectId, afterName, limit + 1),
    );
    const { entries, nextCursor } = toPage(found, limit, ({ name }) => name);
    return { teams: entries.map(toDto), next_cursor: nextCursor };
  }

  /** @throws TeamNotFoundError `TEAM_NOT_FOUND` */
  async get(projectId: string, name: string): Promise<TeamDto> {
    const found = await this.scope.transaction(projectId, (tx) => this.teams.find(tx, projectId, name));
    if (found === null) throw new TeamNotFoundError(name);
    return toDto(found);
  }

  /** @throws TeamNotFoundError `TEAM_NOT_FOUND` | ForbiddenError `FORBIDDEN` if the team's role is wider than the caller's. */
  async delete(caller: Caller, name: string): Promise<void> {
    const { projectId } = caller;
    const before = await this.scope.transaction(projectId, async (tx) => {
      await this.members.takeTurn(tx, projectId);
      const found = await this.teams.find(tx, projectId, name);
      if (found === null) throw new TeamNotFoundError(name);
      assertMayGive(caller, found.role);
      await this.teams.delete(tx, projectId, name);
      const { role, members } = found;
      const change = { action: 'team.delete', subject: toSubject(name), before: { role, members } };
      await this.audit.append(tx, caller, change);
      return found;
    });
    this.forget(before);
  }

  /** Cached keys include the teams of their users. */
  private forget(...teams: (TeamRecord | null)[]): void {
    const members = new Set(teams.flatMap((team) => team?.members ?? []));
    for (const userId of members) this.authenticator.forgetUser(userId);
  }
}

function toSubject(name: string): string {
  return `team/${name}`;
}

function parseName(position: unknown): string | null {
  return typeof position === 'string' ? position : null;
}

function toDto({ name, role, members, createdAt, updatedAt }: TeamRecord): TeamDto {
  return {
    name,
    role,
    members: [...members],
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
