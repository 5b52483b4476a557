import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ApiKeyEntity } from '../../../entities/index.js';
import { AppConfig } from '../../../infra/config/index.js';
import type { Caller } from '../caller.js';
import { ForbiddenError, UnauthorizedError, UserNotFoundError } from '../errors.js';
import { type DefaultKeyLimits, type KeyWidth, toWidth } from './key-width.js';
import { KeysRepository } from '../authentication/keys.repository.js';
import { OwnKey } from './own-key.js';
import { type Grant, type KeyOwner, scopesOfGrant, toRights, widestRole } from '../roles/rights.js';
import { scopesForRole } from '../roles/roles.js';

/** A signed-in person may do what their role allows, without further limits. */
const UNLIMITED = { expiresAt: null, requestsPerMinute: null, tokensPerMinute: null };

/** Decides which user owns a key. */
@Injectable()
export class KeyOwners {
  private readonly defaults: DefaultKeyLimits;

  constructor(
    private readonly keys: KeysRepository,
    config: AppConfig,
  ) {
    this.defaults = config.env;
  }

  /**
   * Finds the caller's key as it is now, not as it was at authentication.
   * @throws UnauthorizedError `UNAUTHORIZED` if it was revoked in the meantime, or its owner disabled.
   */
  async findOwn(tx: EntityManager, { kind, projectId, keyId, userId }: Caller): Promise<OwnKey> {
    if (kind === 'instance') return this.toOwn(null, null);
    if (keyId === null) {
      const person = userId === null ? null : await this.keys.findOwner(tx, projectId, userId);
      if (person === null || person.isDisabled) throw new UnauthorizedError();
      const { scopes } = toRights({ role: 'admin', scopes: [] }, person);
      return this.toOwn(null, { ...UNLIMITED, scopes: [...scopes] });
    }
    const key = await this.keys.find(tx, projectId, keyId);
    if (key === null || key.revokedAt !== null) throw new UnauthorizedError();
    if (key.userId === null) return this.toOwn(key, toWidth(key));
    const owner = await this.keys.findOwner(tx, projectId, key.userId);
    if (owner === null || owner.isDisabled) throw new UnauthorizedError();
    return this.toOwn(key, { ...toWidth(key), scopes: [...toRights(key, owner).scopes] });
  }

  /**
   * Chooses the user of a new key: its creator's user, or the named one.
   * @param named id of a member; null to choose the creator's.
   * @throws UserNotFoundError `USER_NOT_FOUND` for a user who is not a member.
   * @throws ForbiddenError `FORBIDDEN` for a user for whom the caller may not create keys, or who may do less than the key would.
   */
  async choose(
    tx: EntityManager,
    caller: Caller,
    named: string | null,
    grant: Grant,
  ): Promise<string | null> {
    const userId = named ?? caller.userId;
    if (userId === null) return null;
    const owner = await this.keys.findOwner(tx, caller.projectId, userId);
    if (userId !== caller.userId) assertMayActFor(caller, owner);
    if (owner === null) throw new UserNotFoundError(userId, 'PUT /v1/members/{user_id} makes them a member');
    assertOwnerMay(owner, grant);
    return userId;
  }

  /**
   * @param key the key that gets a new secret, which the caller will learn.
   * @throws ForbiddenError `FORBIDDEN` if the caller could then act as another user.
   */
  async assertMayHold(tx: EntityManager, caller: Caller, { keyId, userId }: ApiKeyEntity): Promise<void> {
    if (keyId === caller.keyId || userId === null || userId === caller.userId) return;
    assertMayActFor(caller, await this.keys.findOwner(tx, caller.projectId, userId));
  }

  private toOwn(key: ApiKeyEntity | null, width: KeyWidth | null): OwnKey {
    return new OwnKey(key, width, this.defaults);
  }
}

/** A personal key acts for its person, so only that person or the instance may create one. */
function assertMayActFor({ kind, scopes }: Caller, owner: KeyOwner | null): void {
  if (kind === 'instance') return;
  if (!scopes.has('members:write')) {
    throw new ForbiddenError(
      ['members:write'],
      'A key for another user needs the scope members:write, which yours lacks; leave user_id out for a key of your own.',
    );
  }
  if (owner?.kind === 'person') {
    throw new ForbiddenError([], 'Only the instance makes keys for another person; name a service account.');
  }
}

function assertOwnerMay(owner: KeyOwner, grant: Grant): void {
  if (owner.isDisabled) {
    throw new ForbiddenError(
      [],
      `User "${owner.userId}" is disabled; PATCH /v1/users/{user_id} enables them.`,
    );
  }
  const widest = widestRole(owner);
  const allowed = widest === null ? null : scopesForRole(widest);
  const beyond = [...scopesOfGrant(grant)].filter((scope) => allowed?.has(scope) !== true);
  if (beyond.length === 0) return;
  throw new ForbiddenError(
    beyond,
    `A key cannot do more than its owner, who is ${widest ?? 'not a member'}; it would also have ${beyond.join(', ')}.`,
  );
}
