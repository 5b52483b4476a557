import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type { Member, MemberList, PageQuery, PutMemberRequest } from '../../wire/index.js';

/** The members of the project: users with a role each. */
export class MembersResource {
  constructor(private readonly transport: Transport) {}

  /** `await` gives the first page, `for await` all items. */
  list(query: Sent<PageQuery> = {}, options?: CallOptions): Pages<Member, MemberList> {
    return this.transport.pages('/v1/members', 'members', query, options);
  }

  /** Makes a user a member or changes their role, in effect for their keys everywhere within seconds. */
  put(userId: string, request: Sent<PutMemberRequest>, options?: CallOptions): ApiPromise<Member> {
    return this.transport.put(path`/v1/members/${userId}`, request, options);
  }

  /** Removes a member, also from the teams. */
  delete(userId: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/members/${userId}`, options);
  }
}
