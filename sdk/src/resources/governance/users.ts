import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type {
  CreateUserRequest,
  ListUsersQuery,
  UpdateUserRequest,
  User,
  UserList,
} from '../../wire/index.js';

/** People and service accounts. `members` and `teams` set their permissions. */
export class UsersResource {
  constructor(private readonly transport: Transport) {}

  create(request: Sent<CreateUserRequest>, options?: CallOptions): ApiPromise<User> {
    return this.transport.post('/v1/users', request, options);
  }

  /** Oldest first. `await` gives the first page, `for await` all items. */
  list(query: Sent<ListUsersQuery> = {}, options?: CallOptions): Pages<User, UserList> {
    return this.transport.pages('/v1/users', 'users', query, options);
  }

  update(userId: string, request: Sent<UpdateUserRequest>, options?: CallOptions): ApiPromise<User> {
    return this.transport.patch(path`/v1/users/${userId}`, request, options);
  }
}
