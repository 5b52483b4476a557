import { LedgerError } from '../../kernel/index.js';

export class UserExistsError extends LedgerError {
  constructor(email: string) {
    super({
      code: 'USER_EXISTS',
      status: 409,
      title: 'The user exists already',
      detail: `A user of this instance has the address "${email}" already; the admin of the instance makes them a member with PUT /v1/members/{user_id}.`,
    });
  }
}

export class MemberNotFoundError extends LedgerError {
  constructor(userId: string) {
    super({
      code: 'MEMBER_NOT_FOUND',
      status: 404,
      title: 'No such member',
      detail: `Member "${userId}" was not found; GET /v1/members lists those of this project.`,
    });
  }
}

export class TeamNotFoundError extends LedgerError {
  constructor(name: string) {
    super({
      code: 'TEAM_NOT_FOUND',
      status: 404,
      title: 'No such team',
      detail: `Team "${name}" was not found; GET /v1/teams lists those of this project.`,
    });
  }
}
