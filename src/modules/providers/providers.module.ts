import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { compatibleProviders } from './adapters/openai-compatible/openai-compatible.js';
import { type CircuitOptions, Circuits } from './calls/circuits.js';
import { loadOutsideProviders, loadOwnAdapters } from './registry/provider-loader.js';
import { ProviderRegistry } from './registry/provider-registry.js';
import type { ProviderEnv } from './provider.contract.js';
import { PROVIDER_ENV, getProviderId } from './provider.decorator.js';

export interface ProvidersModuleOptions {
  /** The environment from which adapters read their keys and addresses. */
  readonly env: ProviderEnv;
  /** Files of PROVIDER_MODULES: absolute, or relative to the working directory. */
  readonly modulePaths: readonly string[];
  readonly circuits: CircuitOptions;
}

@Module({})
export class ProvidersModule {
  /**
   * Call once per application. The module is global, because registering again would load and construct every adapter again.
   * @throws ProviderSetupError when a module does not load or OPENAI_COMPATIBLE is invalid, which refuses the boot. The registry later
   *   does the same for incomplete adapters and duplicate ids.
   */
  static async register(options: ProvidersModuleOptions): Promise<DynamicModule> {
    const env = emptyIsUnset(options.env);
    const own = loadOwnAdapters();
    const compatible = compatibleProviders(env('OPENAI_COMPATIBLE'), own.map(getProviderId));
    const outside = await loadOutsideProviders(options.modulePaths);
    const classes = new Set([...own, ...compatible, ...outside]);
    return {
      module: ProvidersModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        { provide: PROVIDER_ENV, useValue: env },
        { provide: Circuits, useValue: new Circuits(options.circuits) },
        ProviderRegistry,
        ...classes,
      ],
      exports: [Circuits, ProviderRegistry],
    };
  }
}

function emptyIsUnset(env: ProviderEnv): ProviderEnv {
  return (name) => {
    const value = env(name)?.trim();
    return value === '' ? undefined : value;
  };
}
