import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { CacheCounts, Clock, getMessage } from '../../../kernel/index.js';
import { ProjectNotFoundError, ProjectsService } from '../../projects/index.js';
import type { Caller } from '../caller.js';
import { ForbiddenError, UnauthorizedError } from '../errors.js';
import { KeyLookups } from './key-lookups.js';
import { digestText, isSameDigest, readKeyId, parseKey } from './key-secret.js';
import { type KeyRecord, KeysRepository } from './keys.repository.js';
import { assertMaySomewhere } from '../assert-may.js';
import { type Rights, toRights } from '../roles/rights.js';
import type { Scope } from '../roles/scopes.js';
import { SecretHasher } from './secret-hasher.js';
import { readCredential, readProject, type RequestHeaders } from './request-headers.js';
import { toAdminCaller, toKeyCaller } from './to-caller.js';

/** Revocation takes effect within 5 s on every process. One second of that is left for the look-up itself. */
const RECORD_TTL_MS = 4000;
/** Bounds memory. A process that sees more keys looks some of them up again. */
const MAX_CACHED_RECORDS = 10_000;

interface CachedRecord {
  readonly record: KeyRecord;
  readonly rights: Rights;
  readonly readAtMs: number;
  /** When the last use was recorded; null for never. */
  touchedAtMs: number | null;
  /** The digest of the last valid credential since the record was read; null before the first. */
  provenDigest: Buffer | null;
}

/**
 * Identifies the sender of a request.
 *
 * This process never refuses a request from its cache, because another process may just have given the key a new secret, or its user a
 * role. It asks the database before it refuses, and for every unknown id. A flood of wrong keys shares its look-ups.
 */
@Injectable()
export class Authenticator {
  /** Cache hits and misses of API keys, without the admin's key. */
  readonly counts = new CacheCounts();
  private readonly logger = new Logger(Authenticator.name);
  private readonly cache = new Map<string, CachedRecord>();
  private readonly adminKey: string;
  private readonly adminKeyDigest: Buffer;

  constructor(
    config: AppConfig,
    private readonly hasher: SecretHasher,
    private readonly keys: KeysRepository,
    private readonly lookups: KeyLookups,
    private readonly projects: ProjectsService,
    private readonly clock: Clock,
  ) {
    this.adminKey = config.env.API_KEY;
    this.adminKeyDigest = digestText(this.adminKey);
  }

  /**
   * Identifies the caller of a request and checks its rights, for the guard and for handlers that run before it.
   * @param origin the address the request came from.
   * @param orOverTeam whether scopes over the prompts of one team suffice.
   * @returns synchronously for a recently verified credential, unless the request names a project.
   * @throws (as a rejection) UnauthorizedError `UNAUTHORIZED` | ForbiddenError `FORBIDDEN`, which names the missing scopes |
   *   ProjectNotFoundError `PROJECT_NOT_FOUND`
   */
  authorize(
    headers: RequestHeaders,
    origin: string | null,
    scopes: readonly Scope[],
    orOverTeam = false,
  ): Caller | Promise<Caller> {
    const credential = readCredential(headers);
    if (headers['x-project'] !== undefined) {
      return this.authenticateFor(credential, origin, { scopes, orOverTeam }, readProject(headers));
    }
    const known = credential === null ? null : this.recall(credential, origin);
    if (known !== null && scopes.every((scope) => known.scopes.has(scope))) return known;
    return this.authenticateFor(credential, origin, { scopes, orOverTeam }, null);
  }

  /**
   * @param credential the key as sent, or null when there was none.
   * @param origin the address the request came from.
   * @param project id or name of the project to act in; null for the key's own, or `default` for the instance admin.
   * @param check throws for a caller without the required rights. The admin may do everything.
   * @throws UnauthorizedError `UNAUTHORIZED`; the same for every fault of the key.
   * @throws ForbiddenError `FORBIDDEN` for a key whose owner is no longer a member of the project.
   * @throws ProjectNotFoundError `PROJECT_NOT_FOUND` for a project in which the key cannot act, whether it exists or not.
   */
  async authenticate(
    credential: string | null,
    origin: string | null,
    project: string | null = null,
    check: (caller: Caller) => void = () => undefined,
  ): Promise<Caller> {
    if (credential === null) throw new UnauthorizedError();
    const digest = digestText(credential);
    if (isSameDigest(digest, this.adminKeyDigest)) return this.authenticateAdmin(origin, project);
    const key = parseKey(credential);
    if (key === null) throw new UnauthorizedError();
    return this.judge(key.keyId, (known) => {
      if (!this.isItsSecret(known.record, key.secret)) throw new UnauthorizedError();
      const caller = this.admit(known, origin, project);
      known.provenDigest = digest;
      check(caller);
      return caller;
    });
  }

  /**
   * Returns the caller of a session that was opened with a key.
   * @param keyId null for the key of the instance.
   * @param credentialHmac of the secret that opened the session, which ends once the key no longer has that secret.
   * @param project as for {@link authenticate}.
   * @throws UnauthorizedError `UNAUTHORIZED`, and what {@link authenticate} throws.
   */
  async resume(
    keyId: string | null,
    credentialHmac: Buffer,
    origin: string | null,
    project: string | null,
  ): Promise<Caller> {
    if (keyId === null) {
      if (!isSameDigest(credentialHmac, this.hasher.hash(this.adminKey))) throw new UnauthorizedError();
      return this.authenticateAdmin(origin, project);
    }
    return this.judge(keyId, (known) => {
      const { secretHmac, previousSecretHmac: previous } = known.record;
      const isPrevious = previous !== null && isSameDigest(previous, credentialHmac);
      if (!isPrevious && !isSameDigest(secretHmac, credentialHmac)) throw new UnauthorizedError();
      return this.admit(known, origin, project);
    });
  }

  /** Makes this process forget a key at once. Other processes follow when their cached record expires. */
  forget(keyId: string): void {
    this.cache.delete(keyId);
    this.lookups.forget(keyId);
  }

  /** Drops all cached keys of a user whose role changed or who was disabled. */
  forgetUser(userId: string): void {
    this.forgetWhere(({ owner }) => owner?.userId === userId);
  }

  /** Forgets all keys of a project that was archived or restored. */
  forgetProject(projectId: string): void {
    this.lookups.forgetUnknown();
    this.forgetWhere((record) => record.projectId === projectId);
  }

  private admit(cached: CachedRecord, origin: string | null, project: string | null): Caller {
    this.touch(cached);
    assertMember(cached.record);
    assertOwnProject(cached.record, project);
    return toKeyCaller(cached, origin);
  }

  private forgetWhere(isMeant: (record: KeyRecord) => boolean): void {
    for (const [keyId, { record }] of this.cache) if (isMeant(record)) this.cache.delete(keyId);
  }

  private async authenticateAdmin(origin: string | null, project: string | null): Promise<Caller> {
    if (project === null) return toAdminCaller(await this.projects.getDefaultProjectId(), origin);
    return toAdminCaller((await this.projects.get(project)).projectId, origin);
  }

  /** Compares both secrets in constant time. Whether a previous one exists is not confidential. */
  private isItsSecret({ secretHmac, previousSecretHmac }: KeyRecord, secret: string): boolean {
    if (this.hasher.matches(secret, secretHmac)) return true;
    return previousSecretHmac !== null && this.hasher.matches(secret, previousSecretHmac);
  }

  private async authenticateFor(
    credential: string | null,
    origin: string | null,
    { scopes, orOverTeam }: { readonly scopes: readonly Scope[]; readonly orOverTeam: boolean },
    project: string | null,
  ): Promise<Caller> {
    return this.authenticate(credential, origin, project, (caller) => {
      if (orOverTeam) assertMaySomewhere(caller, scopes);
      else assertScopes(caller, scopes);
    });
  }

  /** Admits by the cached record, or else by a fresh one from the database. @param admit throws for a refused key. */
  private async judge(keyId: string, admit: (known: CachedRecord) => Caller): Promise<Caller> {
    const remembered = this.cache.get(keyId);
    if (remembered !== undefined && remembered.record.valid && this.isFresh(remembered)) {
      try {
        const caller = admit(remembered);
        this.counts.hits += 1;
        return caller;
      } catch {
        // The cached record may be stale. The fresh record below decides.
      }
    }
    const found = await this.lookUp(keyId);
    if (found === null || !found.record.valid) throw new UnauthorizedError();
    return admit(found);
  }

  /**
   * Returns the caller of a credential verified by {@link authenticate} since its key's record was read. Null means that
   * {@link authenticate} has to decide. Only the digest of a valid credential is kept, as long as the record: it cannot reveal a secret of
   * 256 bits, and comparing it saves the HMAC.
   */
  private recall(credential: string, origin: string | null): Caller | null {
    const digest = digestText(credential);
    if (isSameDigest(digest, this.adminKeyDigest)) {
      const { defaultProjectId } = this.projects;
      return defaultProjectId === null ? null : toAdminCaller(defaultProjectId, origin);
    }
    const cached = this.cache.get(readKeyId(credential));
    if (cached === undefined || cached.provenDigest === null || !this.isFresh(cached)) return null;
    if (!isSameDigest(digest, cached.provenDigest)) return null;
    this.counts.hits += 1;
    return toKeyCaller(cached, origin);
  }

  private isFresh({ readAtMs }: CachedRecord): boolean {
    return this.clock.monotonicMs() - readAtMs < RECORD_TTL_MS;
  }

  private async lookUp(keyId: string): Promise<CachedRecord | null> {
    this.counts.misses += 1;
    // The age counts from before the look-up, so that a slow one does not stretch it.
    const readAtMs = this.clock.monotonicMs();
    const record = await this.lookups.find(keyId);
    const touchedAtMs = this.cache.get(keyId)?.touchedAtMs ?? null;
    this.cache.delete(keyId);
    if (record === null) return null;
    const rights = toRights(record, record.owner);
    const fresh = { record, rights, readAtMs, touchedAtMs, provenDigest: null };
    this.remember(fresh);
    return fresh;
  }

  /** Runs after the secret was verified, because knowing the id of a key does not count as using it. */
  private touch(cached: CachedRecord): void {
    const nowMs = this.clock.monotonicMs();
    if (cached.touchedAtMs !== null && nowMs - cached.touchedAtMs < RECORD_TTL_MS) return;
    cached.touchedAtMs = nowMs;
    this.keys.touch(cached.record.keyId).catch((error: unknown) => {
      this.logger.warn(`last_used_at not written: ${getMessage(error)}`);
    });
  }

  private remember(cached: CachedRecord): void {
    this.cache.set(cached.record.keyId, cached);
    const oldest = this.cache.keys().next();
    if (this.cache.size > MAX_CACHED_RECORDS && oldest.done !== true) this.cache.delete(oldest.value);
  }
}

/** @throws ForbiddenError `FORBIDDEN` for a key whose owner is not a member. */
function assertMember({ owner }: KeyRecord): void {
  if (owner === null || owner.role !== null) return;
  throw new ForbiddenError(
    [],
    'The owner of this key is no longer a member of its project; an admin can add them again with PUT /v1/members/{user_id}.',
  );
}

/** @throws ProjectNotFoundError `PROJECT_NOT_FOUND` */
function assertOwnProject({ projectId, projectName }: KeyRecord, project: string | null): void {
  if (project === null || project === projectName || project.toLowerCase() === projectId) return;
  throw new ProjectNotFoundError(project);
}

/** @throws ForbiddenError `FORBIDDEN`, which names the missing scopes. */
export function assertScopes(caller: Caller, scopes: readonly Scope[]): void {
  const missing = scopes.filter((scope) => !caller.scopes.has(scope));
  if (missing.length > 0) throw new ForbiddenError(missing);
}
