import { Test } from '@nestjs/testing';
import { DiscoveryModule } from '@nestjs/core';
import { EchoProvider } from '../adapters/echo/echo.provider.js';
import { ProviderRegistry } from './provider-registry.js';
import type { ModelProvider, ProviderEnv, ProviderReadiness } from '../provider.contract.js';
import { Provider, PROVIDER_ENV, type ProviderClass } from '../provider.decorator.js';
import { ProvidersModule } from '../providers.module.js';

class Acme implements ModelProvider {
  readonly supportedParams = [];

  constructor(private readonly env: ProviderEnv) {}

  readiness(): ProviderReadiness {
    return this.env('ACME_API_KEY') === undefined
      ? { ready: false, missing: 'ACME_API_KEY' }
      : { ready: true };
  }

  stream(): never {
    throw new Error('not called here');
  }
}

/** Creates a new class each time, as if from a separate file. */
function acmeClass(id: string, lacking?: keyof ModelProvider): ProviderClass {
  class Variant extends Acme {
    constructor(env: ProviderEnv) {
      super(env);
      if (lacking !== undefined) Object.defineProperty(this, lacking, { value: undefined });
    }
  }
  Provider({ id })(Variant);
  return Variant;
}

async function registryOf(
  classes: ProviderClass[],
  settings: Record<string, string> = {},
): Promise<ProviderRegistry> {
  const env: ProviderEnv = (name) => settings[name];
  const providers = [{ provide: PROVIDER_ENV, useValue: env }, ProviderRegistry, ...classes];
  const module = await Test.createTestingModule({ imports: [DiscoveryModule], providers }).compile();
  await module.init();
  return module.get(ProviderRegistry);
}

describe('ProviderRegistry', () => {
  it('finds providers by id, and hands them their settings', async () => {
    const registry = await registryOf([EchoProvider, acmeClass('acme')], { ACME_API_KEY: 'x' });
    expect(registry.find('echo')).toBeInstanceOf(EchoProvider);
    expect(registry.find('nobody')).toBeNull();
    expect(registry.list()).toEqual([
      { id: 'acme', readiness: { ready: true } },
      { id: 'echo', readiness: { ready: true } },
    ]);
  });

  it('names the loaded ones when one is not found', async () => {
    const registry = await registryOf([EchoProvider]);
    expect(() => registry.get('acme')).toThrow(
      expect.objectContaining({
        code: 'PROVIDER_NOT_FOUND',
        status: 404,
        message: 'Provider "acme" not found: use one of echo, or load it with PROVIDER_MODULES.',
      }),
    );
  });

  it('gives for use only what is configured', async () => {
    const registry = await registryOf([EchoProvider, acmeClass('acme')]);
    expect(registry.getReady('echo')).toBe(registry.get('echo'));
    expect(() => registry.getReady('acme')).toThrow(
      expect.objectContaining({
        code: 'PROVIDER_NOT_CONFIGURED',
        message: expect.stringContaining('ACME_API_KEY') as string,
      }),
    );
  });

  it('refuses the boot when two claim one id', async () => {
    await expect(registryOf([EchoProvider, acmeClass('echo')])).rejects.toThrow(
      'Two providers claim the id "echo": EchoProvider and Variant; rename or remove one.',
    );
  });

  it.each(['', 'Acme', '1acme', 'ac/me', 'ac me', undefined])(
    'refuses the boot for the id %p',
    async (id) => {
      await expect(registryOf([acmeClass(id as string)])).rejects.toThrow('Give Variant an id like "acme"');
    },
  );

  it.each(['stream', 'readiness', 'supportedParams'] as const)(
    'refuses the boot for half an adapter, without %s',
    async (member) => {
      await expect(registryOf([acmeClass('acme', member)])).rejects.toThrow(
        new RegExp(`Provider "acme" \\(Variant\\) is incomplete: .*${member}`),
      );
    },
  );

  it('refuses the boot for a param that nobody knows', async () => {
    class Inventive extends Acme {
      override readonly supportedParams = ['top_x'] as never[];
    }
    Provider({ id: 'inventive' })(Inventive);
    await expect(registryOf([Inventive])).rejects.toThrow('supportedParams names "top_x"');
  });

  it.each([
    ['supportedFeatures', ['tools', 'mind_reading'], 'supportedFeatures names "mind_reading"'],
    ['supportedFeatures', 'tools', 'its supportedFeatures is not a list'],
    ['maxTokens', 4096, 'its maxTokens is not a method'],
    ['complete', 'Hello', 'its complete is not a method'],
  ])('refuses the boot for %s that is %p', async (member, value, words) => {
    class Odd extends Acme {
      constructor(env: ProviderEnv) {
        super(env);
        Object.defineProperty(this, member, { value });
      }
    }
    Provider({ id: 'odd' })(Odd);
    await expect(registryOf([Odd])).rejects.toThrow(`Provider "odd" (Odd) is incomplete: ${words}`);
  });
});

describe('ProvidersModule', () => {
  it('loads the adapters of the house, and takes an empty setting for none', async () => {
    const circuits = { failures: 0, openMs: 1, longestCallMs: 1 };
    const imports = [ProvidersModule.register({ env: () => ' ', modulePaths: [], circuits })];
    const module = await Test.createTestingModule({ imports }).compile();
    await module.init();
    expect(module.get(ProviderRegistry).list()).toEqual([
      { id: 'anthropic', readiness: { ready: false, missing: 'ANTHROPIC_API_KEY' } },
      { id: 'azure-openai', readiness: { ready: false, missing: 'AZURE_OPENAI_API_KEY' } },
      { id: 'echo', readiness: { ready: true } },
      { id: 'google', readiness: { ready: false, missing: 'GEMINI_API_KEY' } },
      { id: 'openai', readiness: { ready: false, missing: 'OPENAI_API_KEY' } },
    ]);
    await module.close();
  });

  it('has a provider for each server of OPENAI_COMPATIBLE', async () => {
    const settings: Record<string, string> = {
      OPENAI_COMPATIBLE: 'groq=http://localhost:1/v1|GROQ_API_KEY, ollama=http://localhost:2/v1',
    };
    const circuits = { failures: 0, openMs: 1, longestCallMs: 1 };
    const imports = [ProvidersModule.register({ env: (name) => settings[name], modulePaths: [], circuits })];
    const module = await Test.createTestingModule({ imports }).compile();
    await module.init();
    const registry = module.get(ProviderRegistry);
    expect(registry.get('ollama').readiness()).toEqual({ ready: true });
    expect(registry.get('groq').readiness()).toEqual({ ready: false, missing: 'GROQ_API_KEY' });
    expect(registry.get('groq')).not.toBe(registry.get('ollama'));
    await module.close();
  });

  it('refuses the boot when a server of OPENAI_COMPATIBLE claims an id of the house', async () => {
    const circuits = { failures: 0, openMs: 1, longestCallMs: 1 };
    const env: ProviderEnv = (name) =>
      name === 'OPENAI_COMPATIBLE' ? 'anthropic=http://localhost:1/v1' : undefined;
    await expect(ProvidersModule.register({ env, modulePaths: [], circuits })).rejects.toThrow(
      'OPENAI_COMPATIBLE cannot be used: the id "anthropic" belongs to a provider of the house; choose another.',
    );
  });
});
