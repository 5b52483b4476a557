import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { ModelProvider, ProviderEnv } from './provider.contract.js';

export interface ProviderOptions {
  /** The part before the slash in `acme/some-model`: lower-case letters, digits and dashes. */
  readonly id: string;
  /** The settings that a project may have of its own; left out: none. */
  readonly own?: OwnSettings;
}

/** The settings of an adapter that a project's own key and address stand in for. */
export interface OwnSettings {
  /** Environment variables that may hold the key. The first is set to the project's key, and the others are unset. */
  readonly apiKey: readonly [string, ...string[]];
  /** The setting of the address; left out: a project cannot choose one. The adapter has to connect by `ProviderEnv.connect`. */
  readonly baseUrl?: string;
  /** The address of calls when that is unset; null: nowhere. */
  readonly defaultBaseUrl: string | null;
  /** Further settings that hold for a project's own address, too. All others are withheld there: they may be secrets. */
  readonly shared?: readonly string[];
}

/** Injection token of the `ProviderEnv` that adapters read their settings from. */
export const PROVIDER_ENV = Symbol('PROVIDER_ENV');

/** The registry finds adapters by this metadata. */
export const ProviderMetadata = DiscoveryService.createDecorator<ProviderOptions>();

/** A class that `@Provider` can stand on. */
export type ProviderClass = new (env: ProviderEnv) => ModelProvider;

/**
 * Makes a class a provider: `@Provider({ id: 'acme' })`, or in plain JavaScript, which has no decorators,
 * `Provider({ id: 'acme' })(AcmeProvider)`. Its constructor gets the `ProviderEnv`, and nothing else.
 */
export function Provider(options: ProviderOptions): (target: ProviderClass) => void {
  return (target) => {
    Injectable()(target);
    // Declared here, because plain JavaScript cannot decorate a parameter.
    Inject(PROVIDER_ENV)(target, undefined, 0);
    ProviderMetadata(options)(target);
  };
}

/** Whether `@Provider` stands on this very class, and not only on one it extends. */
export function isProviderClass(value: unknown): value is ProviderClass {
  return typeof value === 'function' && Reflect.hasOwnMetadata(ProviderMetadata.KEY, value);
}

/** Reads `@Provider` from a class; undefined where it is missing. */
export function getProviderOptions(providerClass: ProviderClass): ProviderOptions | undefined {
  return Reflect.getOwnMetadata(ProviderMetadata.KEY, providerClass) as ProviderOptions | undefined;
}

/** The id in `@Provider` on this class. */
export function getProviderId(providerClass: ProviderClass): string {
  return (getProviderOptions(providerClass) as ProviderOptions).id;
}
