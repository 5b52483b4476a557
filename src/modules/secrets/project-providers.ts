import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ProjectSecretEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { type ModelProvider, ProviderRegistry } from '../providers/index.js';
import { SecretUnreadableError } from './errors.js';
import { OwnAdapters } from './own-adapters.js';
import { MISSING_KEY, SecretSealer } from './sealing/secret-sealer.js';
import { SecretWatch } from './secret-watch.js';
import { SecretsRepository } from './secrets.repository.js';

/** The providers of one project. */
export interface ProjectProviderSet {
  /**
   * Returns a provider for its properties, not for calls.
   * @throws ProviderNotFoundError `PROVIDER_NOT_FOUND`
   */
  get(id: string): ModelProvider;
  /**
   * Returns a provider that can be called now, for admitting a call. Decrypts no key.
   * @throws ProviderNotFoundError `PROVIDER_NOT_FOUND` | ProviderNotConfiguredError `PROVIDER_NOT_CONFIGURED`
   * @throws SecretUnreadableError `SECRET_UNREADABLE`
   */
  getReady(id: string): ModelProvider;
  /**
   * Returns a provider for calls. The project's key is decrypted only here.
   * @throws what {@link getReady} throws.
   */
  open(id: string): ModelProvider;
}

/** Each takes a few hundred bytes, plus the adapters in use. */
const MOST_PROJECTS = 1000;

/** Selects a project's providers, with its own key if it has put one, else with the operator's. */
@Injectable()
export class ProjectProviders implements OnApplicationShutdown {
  private readonly usual: ProjectProviderSet;
  private readonly known = new LRUCache<string, KnownSet>({ max: MOST_PROJECTS });

  constructor(
    private readonly registry: ProviderRegistry,
    private readonly watch: SecretWatch,
    private readonly secrets: SecretsRepository,
    private readonly sealer: SecretSealer,
    private readonly adapters: OwnAdapters,
    private readonly scope: TenantScope,
  ) {
    this.usual = {
      get: (id) => registry.get(id),
      getReady: (id) => registry.getReady(id),
      open: (id) => registry.getReady(id),
    };
  }

  /** Returns cached providers; null if they have to be loaded. */
  peek(projectId: string): ProjectProviderSet | null {
    if (!this.watch.isFresh) return null;
    const revisions = this.watch.getRevisions(projectId);
    if (revisions === undefined) return this.usual;
    const known = this.known.get(projectId);
    return known?.revisions === revisions ? known : null;
  }

  async load(projectId: string): Promise<ProjectProviderSet> {
    const known = this.peek(projectId);
    if (known !== null) return known;
    if (!this.watch.isFresh) await this.watch.refresh();
    return this.peek(projectId) ?? this.read(projectId);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.adapters.close();
  }

  /** Reads and caches a set. The set carries its own revisions, and is valid only while the watch reports the same ones. */
  private async read(projectId: string): Promise<ProjectProviderSet> {
    const rows = await this.scope.transaction(projectId, (tx) => this.secrets.list(tx, projectId));
    if (rows.length === 0) return this.usual;
    const set = new KnownSet(rows, this.registry, this.sealer, this.adapters);
    this.known.set(projectId, set);
    return set;
  }
}

/** The providers of a project with secrets, at one moment. */
class KnownSet implements ProjectProviderSet {
  readonly revisions: string;
  private readonly secrets: ReadonlyMap<string, ProjectSecretEntity>;

  constructor(
    rows: readonly ProjectSecretEntity[],
    private readonly registry: ProviderRegistry,
    private readonly sealer: SecretSealer,
    private readonly adapters: OwnAdapters,
  ) {
    this.secrets = new Map(rows.map((row) => [row.provider, row]));
    // The same format as in the database.
    this.revisions = rows.map(({ provider, revision }) => `${provider}:${revision}`).join(',');
  }

  get(id: string): ModelProvider {
    const secret = this.secrets.get(id);
    return secret === undefined ? this.registry.get(id) : this.adapters.describe(secret);
  }

  getReady(id: string): ModelProvider {
    const secret = this.secrets.get(id);
    if (secret === undefined) return this.registry.getReady(id);
    if (!this.sealer.canUnwrap(secret)) throw new SecretUnreadableError(id, MISSING_KEY);
    return this.adapters.describe(secret);
  }

  open(id: string): ModelProvider {
    const secret = this.secrets.get(id);
    return secret === undefined ? this.registry.getReady(id) : this.adapters.open(secret);
  }
}
