import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type { Member, MemberList, PageQuery, PutMemberRequest } from '../../wire/index.js';

/** Members: the users of the project, each with a role. */
export class MembersResource {
  constructor(private readonly transport: Transport) {}

  /** `await` for the first page, `for await` for all. */
  list(query: Sent<PageQuery> = {}, options?: CallOptions): Pages<Member, MemberList> {
    return this.transport.pages('/v1/members', 'members', query, options);
  }

  /** Makes a user a member, or changes their role; it holds for their keys within seconds everywhere. */
  put(userId: string, request: Sent<PutMemberRequest>, options?: CallOptions): ApiPromise<Member> {
    return this.transport.put(path`/v1/members/${userId}`, request, options);
  }

  /** Out of the teams, too. */
  delete(userId: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/members/${userId}`, options);
  }
}
