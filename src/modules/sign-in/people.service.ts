import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { UserEntity } from '../../entities/index.js';
import { AuditService, systemActor } from '../audit/index.js';
import { SignInRefusedError } from './errors.js';
import type { Identity } from './identity.js';
import { PeopleRepository } from './people.repository.js';

const TAKEN =
  'The address of this account belongs to another user of the ledger, who signs in with another account; ask the admin of the instance.';
const UNVERIFIED =
  'Have your identity provider verify your address first: it belongs to another user of the ledger, and anybody could claim it.';
const DISABLED = 'Your user is disabled; ask an admin to enable it.';

/**
 * Finds the user of an identity. Issuer and subject identify a person. The address matters only at the first sign-in: a verified one finds
 * the user created for it with `POST /v1/users`, and decides by `ADMIN_EMAILS` who becomes an admin.
 */
@Injectable()
export class PeopleService {
  constructor(
    private readonly people: PeopleRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Requires a transaction of the instance.
   * @param projectId of the project `default`, whose audit log records it.
   * @throws SignInRefusedError `SIGN_IN_REFUSED`
   */
  async getUser(
    tx: EntityManager,
    identity: Identity,
    { projectId, adminEmails }: { readonly projectId: string; readonly adminEmails: readonly string[] },
  ): Promise<UserEntity> {
    const known = await this.people.findByIdentity(tx, identity);
    if (known !== null) return assertEnabled(known);
    await this.assertAddressMayBe(tx, identity, adminEmails);
    const user = (await this.linkMade(tx, identity, projectId)) ?? (await this.make(tx, identity, projectId));
    if (identity.email !== null && adminEmails.includes(identity.email.toLowerCase())) {
      await this.makeAdmin(tx, user, projectId);
    }
    return user;
  }

  /** Refuses an unverified address that belongs to somebody, so that it cannot be used to impersonate them. */
  private async assertAddressMayBe(
    tx: EntityManager,
    { unverifiedEmail: claimed }: Identity,
    adminEmails: readonly string[],
  ): Promise<void> {
    if (claimed === null) return;
    const isTaken = (await this.people.findByEmail(tx, claimed)) !== null;
    if (isTaken || adminEmails.includes(claimed.toLowerCase())) throw new SignInRefusedError(UNVERIFIED);
  }

  /** @returns null if no user was created for the address. */
  private async linkMade(
    tx: EntityManager,
    identity: Identity,
    projectId: string,
  ): Promise<UserEntity | null> {
    const made = identity.email === null ? null : await this.people.findByEmail(tx, identity.email);
    if (made === null) return null;
    assertEnabled(made);
    if (made.kind !== 'person' || !(await this.people.link(tx, made.userId, identity))) {
      throw new SignInRefusedError(TAKEN);
    }
    const { issuer, subject } = identity;
    await this.audit.append(tx, systemActor(projectId), {
      action: 'user.link',
      subject: `user/${made.userId}`,
      before: { issuer: null, subject: null },
      after: { issuer, subject },
    });
    return made;
  }

  private async make(tx: EntityManager, identity: Identity, projectId: string): Promise<UserEntity> {
    const made = await this.people.insert(tx, identity);
    if (made === null) {
      // The same person may have signed in from another tab a moment ago.
      const other = await this.people.findByIdentity(tx, identity);
      if (other === null) throw new SignInRefusedError(TAKEN);
      return assertEnabled(other);
    }
    const { userId, kind, name, email, issuer, subject } = made;
    await this.audit.append(tx, systemActor(projectId), {
      action: 'user.create',
      subject: `user/${userId}`,
      after: { user_id: userId, kind, name, email, issuer, subject },
    });
    return made;
  }

  private async makeAdmin(tx: EntityManager, { userId }: UserEntity, projectId: string): Promise<void> {
    const system = systemActor(projectId);
    const before = await this.people.makeAdmin(tx, projectId, userId, system.name);
    if (before === 'admin') return;
    await this.audit.append(tx, system, {
      action: 'member.put',
      subject: `member/${userId}`,
      before: before === null ? null : { role: before },
      after: { role: 'admin' },
      reason: 'ADMIN_EMAILS names the address, and this is the first sign-in',
    });
  }
}

/** @throws SignInRefusedError `SIGN_IN_REFUSED` */
function assertEnabled(user: UserEntity): UserEntity {
  if (user.disabledAt !== null) throw new SignInRefusedError(DISABLED);
  return user;
}
