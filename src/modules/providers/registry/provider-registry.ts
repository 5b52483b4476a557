import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ProviderNotConfiguredError, ProviderNotFoundError, ProviderSetupError } from '../errors.js';
import {
  PARAM_NAMES,
  PROVIDER_FEATURES,
  type ModelProvider,
  type ProviderEnv,
  type ProviderReadiness,
} from '../provider.contract.js';
import {
  type OwnSettings,
  PROVIDER_ENV,
  type ProviderClass,
  ProviderMetadata,
  getProviderOptions,
} from '../provider.decorator.js';
import { envWithOwn, findOrigin, type OwnCredentials } from './own-credentials.js';

const ID_PATTERN = /^[a-z][a-z0-9-]*$/;

export interface ProviderSummary {
  readonly id: string;
  readonly readiness: ProviderReadiness;
}

/** The providers of this process by id, complete once the application is initialised. */
@Injectable()
export class ProviderRegistry implements OnModuleInit {
  private readonly providers = new Map<string, ModelProvider>();

  constructor(
    private readonly discovery: DiscoveryService,
    @Inject(PROVIDER_ENV) private readonly env: ProviderEnv,
  ) {}

  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders({ metadataKey: ProviderMetadata.KEY })) {
      const options = this.discovery.getMetadataByDecorator(ProviderMetadata, wrapper);
      this.add(options?.id, wrapper.instance, String(wrapper.name));
    }
  }

  /** Returns null when no provider with that id is loaded. */
  find(id: string): ModelProvider | null {
    return this.providers.get(id) ?? null;
  }

  /** @throws ProviderNotFoundError (404 `PROVIDER_NOT_FOUND`) */
  get(id: string): ModelProvider {
    const provider = this.find(id);
    if (provider === null) throw new ProviderNotFoundError(id, [...this.providers.keys()]);
    return provider;
  }

  /**
   * Returns a provider that can be called now.
   * @throws ProviderNotFoundError (404 `PROVIDER_NOT_FOUND`)
   * @throws ProviderNotConfiguredError (503 `PROVIDER_NOT_CONFIGURED`) naming the variable to set.
   */
  getReady(id: string): ModelProvider {
    const provider = this.get(id);
    const readiness = provider.readiness();
    if (!readiness.ready) throw new ProviderNotConfiguredError(id, readiness.missing);
    return provider;
  }

  /** Returns whether a project may have its own key. @throws ProviderNotFoundError (404 `PROVIDER_NOT_FOUND`) */
  takesSecret(id: string): boolean {
    return this.getOwnSettings(id) !== undefined;
  }

  /** Returns whether a project may also have its own address. @throws ProviderNotFoundError (404 `PROVIDER_NOT_FOUND`) */
  takesBaseUrl(id: string): boolean {
    return this.getOwnSettings(id)?.baseUrl !== undefined;
  }

  /**
   * Returns the origin of calls: scheme, host and port.
   * @param baseUrl the project's own address; null for the operator's.
   * @returns null if no address is known.
   * @throws ProviderNotFoundError (404 `PROVIDER_NOT_FOUND`)
   */
  findOrigin(id: string, baseUrl: string | null): string | null {
    const own = this.getOwnSettings(id);
    return own === undefined ? null : findOrigin(this.env, own, baseUrl);
  }

  /**
   * Constructs another adapter of the provider, with a project's own key. The caller closes it.
   * @throws ProviderNotFoundError (404 `PROVIDER_NOT_FOUND`)
   */
  construct(id: string, credentials: OwnCredentials): ModelProvider {
    const own = this.getOwnSettings(id);
    if (own === undefined) throw new Error(`provider "${id}" does not accept project keys`);
    return new (this.getClass(id))(envWithOwn(this.env, own, credentials));
  }

  private getOwnSettings(id: string) {
    return getProviderOptions(this.getClass(id))?.own;
  }

  private getClass(id: string): ProviderClass {
    return this.get(id).constructor as ProviderClass;
  }

  /** Lists all providers by id. */
  list(): ProviderSummary[] {
    return [...this.providers]
      .map(([id, provider]) => ({ id, readiness: provider.readiness() }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  private add(id: unknown, instance: unknown, className: string): void {
    if (typeof id !== 'string' || !ID_PATTERN.test(id)) {
      throw new ProviderSetupError(
        `Give ${className} an id like "acme" (lower-case letters, digits, dashes) in @Provider({ id }); it has ${JSON.stringify(id)}.`,
      );
    }
    const lack =
      whatLacks(instance) ?? whatLacksOwn((instance as ModelProvider).constructor as ProviderClass);
    if (lack !== null)
      throw new ProviderSetupError(`Provider "${id}" (${className}) is incomplete: ${lack}.`);
    const other = this.providers.get(id);
    if (other !== undefined) {
      throw new ProviderSetupError(
        `Two providers claim the id "${id}": ${other.constructor.name} and ${className}; rename or remove one.`,
      );
    }
    this.providers.set(id, instance as ModelProvider);
  }
}

/** Names the member of `ModelProvider` that a class lacks, since no compiler has checked one from outside the tree. */
function whatLacks(instance: unknown): string | null {
  if (typeof instance !== 'object' || instance === null) return 'it cannot be constructed at start';
  const candidate = instance as Partial<Record<keyof ModelProvider, unknown>>;
  if (typeof candidate.stream !== 'function') return 'it has no method stream(request)';
  if (typeof candidate.readiness !== 'function') return 'it has no method readiness()';
  const { supportedParams, supportedFeatures, maxTokens, complete } = candidate;
  if (!Array.isArray(supportedParams)) return 'it has no list supportedParams';
  if (supportedFeatures !== undefined && !Array.isArray(supportedFeatures)) {
    return 'its supportedFeatures is not a list';
  }
  if (maxTokens !== undefined && typeof maxTokens !== 'function') return 'its maxTokens is not a method';
  if (complete !== undefined && typeof complete !== 'function') return 'its complete is not a method';
  return (
    unknownName('supportedParams', supportedParams, PARAM_NAMES) ??
    unknownName('supportedFeatures', supportedFeatures ?? [], PROVIDER_FEATURES)
  );
}

/** Describes the mistake in an adapter's `own`, for one in plain JavaScript. */
function whatLacksOwn(providerClass: ProviderClass): string | null {
  const own: Partial<Record<keyof OwnSettings, unknown>> | undefined = getProviderOptions(providerClass)?.own;
  if (own === undefined) return null;
  const { apiKey, defaultBaseUrl } = own;
  const isNamed =
    Array.isArray(apiKey) && apiKey.length > 0 && apiKey.every((name) => typeof name === 'string');
  if (!isNamed) return 'its own.apiKey is not a list of settings';
  const isAddress = typeof defaultBaseUrl === 'string' && URL.canParse(defaultBaseUrl);
  return defaultBaseUrl === null || isAddress
    ? null
    : 'its own.defaultBaseUrl is neither an address nor null';
}

function unknownName(member: string, names: readonly unknown[], known: readonly unknown[]): string | null {
  const index = names.findIndex((name) => !known.includes(name));
  return index === -1
    ? null
    : `${member} names ${JSON.stringify(names[index])}, which is none of ${known.join(', ')}`;
}
