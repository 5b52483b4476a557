import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ProjectSecretEntity } from '../../entities/index.js';
import { CallbackUrlPolicy, createGuardedConnector } from '../../infra/outbound/index.js';
import { type ModelProvider, type ProviderEnv, ProviderRegistry } from '../providers/index.js';
import { SecretUnreadableError } from './errors.js';
import { SecretSealer } from './sealing/secret-sealer.js';

/** Bounds memory, because an adapter holds a key and its connections. Unused connections close after their idle time. */
const MOST_ADAPTERS = 200;
const CONNECT_TIMEOUT_MS = 10_000;
/** Replaces the key in an adapter that sends nothing. */
const NO_KEY = 'not-decrypted';

type Secret = ProjectSecretEntity;

/** Creates adapters with a project's own key and address. */
@Injectable()
export class OwnAdapters {
  private readonly opened = new LRUCache<string, ModelProvider>({ max: MOST_ADAPTERS });
  private readonly described = new LRUCache<string, ModelProvider>({ max: MOST_ADAPTERS });
  private readonly connect: NonNullable<ProviderEnv['connect']>;

  constructor(
    private readonly registry: ProviderRegistry,
    private readonly sealer: SecretSealer,
    policy: CallbackUrlPolicy,
  ) {
    this.connect = createGuardedConnector(policy, { connectTimeoutMs: CONNECT_TIMEOUT_MS });
  }

  /**
   * Returns the adapter with the key, ready to be called.
   * @throws SecretUnreadableError `SECRET_UNREADABLE`, also if the operator's address has changed since the key was put, because a key is
   *   only sent to the host that it was put for.
   */
  open(secret: Secret): ModelProvider {
    const known = this.opened.get(toCacheName(secret));
    if (known !== undefined) return known;
    assertSameOrigin(secret, this.registry.findOrigin(secret.provider, secret.baseUrl));
    const adapter = this.construct(secret, this.sealer.open(secret, secret));
    this.forgetFormer(secret);
    this.opened.set(toCacheName(secret), adapter);
    return adapter;
  }

  /** Returns the adapter without the key, for reading its properties. */
  describe(secret: Secret): ModelProvider {
    assertSameOrigin(secret, this.registry.findOrigin(secret.provider, secret.baseUrl));
    const known = this.described.get(toCacheName(secret));
    if (known !== undefined) return known;
    const adapter = this.construct(secret, NO_KEY);
    this.described.set(toCacheName(secret), adapter);
    return adapter;
  }

  async close(): Promise<void> {
    const adapters = [...this.opened.values(), ...this.described.values()];
    this.opened.clear();
    this.described.clear();
    await Promise.all(adapters.map((adapter) => closeAdapter(adapter)));
  }

  private construct({ provider, baseUrl }: Secret, apiKey: string): ModelProvider {
    return this.registry.construct(provider, { apiKey, baseUrl, connect: this.connect });
  }

  /** Forgets the adapters of a replaced key, and with them the key. */
  private forgetFormer({ projectId, provider }: Secret): void {
    const former = `${projectId} ${provider} `;
    for (const name of this.opened.keys()) if (name.startsWith(former)) this.opened.delete(name);
  }
}

function toCacheName({ projectId, provider, revision }: Secret): string {
  return `${projectId} ${provider} ${revision}`;
}

function assertSameOrigin({ provider, origin }: Secret, now: string | null): void {
  if (origin === now) return;
  throw new SecretUnreadableError(provider, 'was put for another host than the one that is configured now');
}

async function closeAdapter(adapter: ModelProvider): Promise<void> {
  const close: unknown = Reflect.get(adapter, 'onApplicationShutdown');
  if (typeof close === 'function') await (Reflect.apply(close, adapter, []) as Promise<void>);
}
