import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { ModelProvider, ProviderEnv } from './provider.contract.js';

export interface ProviderOptions {
  /** The part before the slash in `acme/some-model`: lower-case letters, digits and dashes. */
  readonly id: string;
  /** The settings that a project may override. Left out: none. */
  readonly own?: OwnSettings;
}

/** The settings of an adapter that a project's own key and address override. */
export interface OwnSettings {
  /** Environment variables that may hold the key. The first is set to the project's key, and the others are unset. */
  readonly apiKey: readonly [string, ...string[]];
  /** The setting of the address. Left out: a project cannot choose one. The adapter must connect through `ProviderEnv.connect`. */
  readonly baseUrl?: string;
  /** The default address; null for none. */
  readonly defaultBaseUrl: string | null;
  /** Further settings that also apply at a project's own address. All others are withheld there, because they may be secrets. */
  readonly shared?: readonly string[];
}

/** Injection token of the `ProviderEnv` that adapters read their settings from. */
export const PROVIDER_ENV = Symbol('PROVIDER_ENV');

/** The registry finds adapters by this metadata. */
export const ProviderMetadata = DiscoveryService.createDecorator<ProviderOptions>();

/** A class that `@Provider` can decorate. */
export type ProviderClass = new (env: ProviderEnv) => ModelProvider;

/**
 * Makes a class a provider: `@Provider({ id: 'acme' })`, or `Provider({ id: 'acme' })(AcmeProvider)` in plain JavaScript, which has no
 * decorators. Its constructor gets only the `ProviderEnv`.
 */
export function Provider(options: ProviderOptions): (target: ProviderClass) => void {
  return (target) => {
    Injectable()(target);
    // Declared here, because plain JavaScript cannot decorate a parameter.
    Inject(PROVIDER_ENV)(target, undefined, 0);
    ProviderMetadata(options)(target);
  };
}

/** Returns whether `@Provider` decorates the class itself, and not only a class it extends. */
export function isProviderClass(value: unknown): value is ProviderClass {
  return typeof value === 'function' && Reflect.hasOwnMetadata(ProviderMetadata.KEY, value);
}

/** Reads `@Provider` from a class; undefined where it is missing. */
export function getProviderOptions(providerClass: ProviderClass): ProviderOptions | undefined {
  return Reflect.getOwnMetadata(ProviderMetadata.KEY, providerClass) as ProviderOptions | undefined;
}

/** Returns the id in `@Provider` on this class. */
export function getProviderId(providerClass: ProviderClass): string {
  return (getProviderOptions(providerClass) as ProviderOptions).id;
}
