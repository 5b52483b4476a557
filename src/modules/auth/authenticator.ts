import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../../infra/config/index.js';
import { CacheCounts, Clock, messageOf } from '../../kernel/index.js';
import { ProjectsService } from '../projects/index.js';
import type { Caller, KeyRateLimits } from './caller.js';
import { ForbiddenError, UnauthorizedError } from './errors.js';
import { KeyLookups } from './key-lookups.js';
import { digestOf, isSameDigest, keyIdOf, parseKey } from './key-secret.js';
import { type KeyRecord, KeysRepository } from './keys.repository.js';
import { isScope, type Scope, SCOPES } from './scopes.js';
import { SecretHasher } from './secret-hasher.js';

/** Revocation holds within 5 s on every process; one second of that is left for the look-up itself. */
const RECORD_TTL_MS = 4000;
const ALL_SCOPES: ReadonlySet<Scope> = new Set(SCOPES);
const DEFAULT_RATE_LIMITS: KeyRateLimits = { requestsPerMinute: null, tokensPerMinute: null };
/** Bounds memory; a process that sees more keys than this looks some of them up again. */
const MAX_CACHED_RECORDS = 10_000;

interface CachedRecord {
  readonly record: KeyRecord;
  readonly scopes: ReadonlySet<Scope>;
  readonly readAtMs: number;
  /** Whether its use has been written down since it was read. */
  isTouched: boolean;
  /** Of the credential that proved right since it was read; null before the first. */
  provenDigest: Buffer | null;
}

/** Finds out who sends a request. */
@Injectable()
export class Authenticator {
  /** Calls by API keys; the admin's key is not counted. */
  readonly counts = new CacheCounts();
  private readonly logger = new Logger(Authenticator.name);
  private readonly cache = new Map<string, CachedRecord>();
  private readonly adminKeyDigest: Buffer;

  constructor(
    config: AppConfig,
    private readonly hasher: SecretHasher,
    private readonly keys: KeysRepository,
    private readonly lookups: KeyLookups,
    private readonly projects: ProjectsService,
    private readonly clock: Clock,
  ) {
    this.adminKeyDigest = digestOf(config.env.API_KEY);
  }

  /**
   * Who sends a request, and that they may: what the guard asks, and whatever answers in front of it.
   * @param origin the address the request came from.
   * @returns at once for a credential that proved right a moment ago.
   * @throws (as a rejection) UnauthorizedError `UNAUTHORIZED` | ForbiddenError `FORBIDDEN`, which names the scopes that
   *   are missing.
   */
  authorize(
    headers: RequestHeaders,
    origin: string | null,
    scopes: readonly Scope[],
  ): Caller | Promise<Caller> {
    const credential = credentialOf(headers);
    const known = credential === null ? null : this.recall(credential, origin);
    if (known !== null && scopes.every((scope) => known.scopes.has(scope))) return known;
    return this.authenticateFor(credential, origin, scopes);
  }

  /**
   * @param credential the key as sent, or null when there was none.
   * @param origin the address the request came from.
   * @throws UnauthorizedError `UNAUTHORIZED`; the same whatever was wrong with the key.
   */
  async authenticate(credential: string | null, origin: string | null): Promise<Caller> {
    if (credential === null) throw new UnauthorizedError();
    const digest = digestOf(credential);
    if (isSameDigest(digest, this.adminKeyDigest)) {
      return adminCaller(await this.projects.getDefaultProjectId(), origin);
    }
    const key = parseKey(credential);
    if (key === null) throw new UnauthorizedError();
    const cached = await this.find(key.keyId);
    if (cached === null || !cached.record.valid) throw new UnauthorizedError();
    if (!this.hasher.matches(key.secret, cached.record.secretHmac)) throw new UnauthorizedError();
    cached.provenDigest = digest;
    this.touch(cached);
    return keyCaller(cached, origin);
  }

  /** Makes this process forget a key at once; the others follow when their copy is too old. */
  forget(keyId: string): void {
    this.cache.delete(keyId);
    this.lookups.forget(keyId);
  }

  private async authenticateFor(
    credential: string | null,
    origin: string | null,
    scopes: readonly Scope[],
  ): Promise<Caller> {
    const caller = await this.authenticate(credential, origin);
    const missing = scopes.filter((scope) => !caller.scopes.has(scope));
    if (missing.length > 0) throw new ForbiddenError(missing);
    return caller;
  }

  /**
   * The caller of a credential that has been through {@link authenticate} since the record of its key was read; null says
   * nothing about it. Only the digest of what proved right is kept, for as long as the record: a secret of 256 bits cannot
   * be guessed from it, and comparing it saves the HMAC.
   */
  private recall(credential: string, origin: string | null): Caller | null {
    const digest = digestOf(credential);
    if (isSameDigest(digest, this.adminKeyDigest)) {
      const { defaultProjectId } = this.projects;
      return defaultProjectId === null ? null : adminCaller(defaultProjectId, origin);
    }
    const cached = this.cache.get(keyIdOf(credential));
    if (cached === undefined || cached.provenDigest === null || !this.isFresh(cached)) return null;
    if (!isSameDigest(digest, cached.provenDigest)) return null;
    this.counts.hits += 1;
    return keyCaller(cached, origin);
  }

  private isFresh({ readAtMs }: CachedRecord): boolean {
    return this.clock.monotonicMs() - readAtMs < RECORD_TTL_MS;
  }

  private async find(keyId: string): Promise<CachedRecord | null> {
    const cached = this.cache.get(keyId);
    if (cached !== undefined && this.isFresh(cached)) {
      this.counts.hits += 1;
      return cached;
    }
    this.counts.misses += 1;
    // The age counts from before the look-up, so that a slow one does not stretch it.
    const readAtMs = this.clock.monotonicMs();
    const record = await this.lookups.find(keyId);
    this.cache.delete(keyId);
    if (record === null) return null;
    const scopes = new Set(record.scopes.filter(isScope));
    const fresh = { record, scopes, readAtMs, isTouched: false, provenDigest: null };
    this.remember(fresh);
    return fresh;
  }

  /** After the secret has proved right: who only knows the id of a key has not used it. */
  private touch(cached: CachedRecord): void {
    if (cached.isTouched) return;
    cached.isTouched = true;
    this.keys.touch(cached.record.keyId).catch((error: unknown) => {
      this.logger.warn(`last_used_at not written: ${messageOf(error)}`);
    });
  }

  private remember(cached: CachedRecord): void {
    this.cache.set(cached.record.keyId, cached);
    const oldest = this.cache.keys().next();
    if (this.cache.size > MAX_CACHED_RECORDS && oldest.done !== true) this.cache.delete(oldest.value);
  }
}

function adminCaller(projectId: string, origin: string | null): Caller {
  return {
    projectId,
    kind: 'instance',
    userId: null,
    keyId: null,
    actor: 'admin',
    origin,
    scopes: ALL_SCOPES,
    rateLimits: DEFAULT_RATE_LIMITS,
    ancestors: [],
  };
}

function keyCaller({ record, scopes }: CachedRecord, origin: string | null): Caller {
  const { projectId, keyId, name, rateLimits, ancestors } = record;
  return {
    projectId,
    kind: 'key',
    userId: null,
    keyId,
    actor: name,
    origin,
    scopes,
    rateLimits,
    ancestors,
  };
}

type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The key of a request, by `X-API-Key` or `Authorization: Bearer`. */
export function credentialOf(headers: RequestHeaders): string | null {
  const key = headers['x-api-key'];
  if (typeof key === 'string' && key !== '') return key;
  const { authorization } = headers;
  const bearer = typeof authorization === 'string' ? /^Bearer +(\S+) *$/i.exec(authorization) : null;
  return bearer?.[1] ?? null;
}
