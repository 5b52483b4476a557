import { EchoProvider } from '../adapters/echo/echo.provider.js';
import { loadOutsideProviders } from './provider-loader.js';

/** Real files are loaded in test/e2e/models/provider-modules.test.ts: Jest replaces `import()`. */
const loading = (exported: unknown) =>
  loadOutsideProviders(['/mods/acme.js'], () => Promise.resolve(exported));

describe('loadOutsideProviders', () => {
  it.each([
    ['a named export', { EchoProvider }],
    ['a default export', { default: EchoProvider }],
    ['CommonJS exports, which come twice', { default: { EchoProvider }, EchoProvider }],
    ['exports of other kinds beside it', { EchoProvider, version: 1, helper: () => 1, nothing: null }],
  ])('finds the class in %s', async (_what, exported) => {
    expect(await loading(exported)).toEqual([EchoProvider]);
  });

  it.each([
    ['nothing', {}],
    ['an undecorated class', { Some: class {} }],
    ['a class that merely extends a provider', { Some: class extends EchoProvider {} }],
    ['null', null],
  ])('refuses a file that exports %s', async (_what, exported) => {
    await expect(loading(exported)).rejects.toThrow('/mods/acme.js exports no provider');
  });

  it('says which file does not load, and why, in one sentence', async () => {
    const failing = loadOutsideProviders(['/mods/acme.js'], () =>
      Promise.reject(new Error('Cannot find module "left-pad"\nRequire stack:\n- here')),
    );
    await expect(failing).rejects.toMatchObject({
      name: 'ProviderSetupError',
      message: 'PROVIDER_MODULES names /mods/acme.js, which does not load: Cannot find module "left-pad"',
    });
  });
});
