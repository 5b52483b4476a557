import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import readline from 'node:readline';
import { freePort } from '../../support/servers/processes.js';
import type { Browser } from './browser.js';
import { Browser as OwnBrowser } from './browser.js';

export interface OidcProvider {
  readonly issuer: string;
  stop(): Promise<void>;
}

export type Accounts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Starts `oidc-provider` in its own process on loopback. */
export async function startOidcProvider(publicUrl: string, accounts: Accounts): Promise<OidcProvider> {
  const port = await freePort();
  const child = spawn(process.execPath, [path.join(__dirname, '../../fakes/oidc-provider.mjs')], {
    env: {
      PATH: process.env.PATH,
      OIDC_PORT: String(port),
      OIDC_REDIRECT_URI: `${publicUrl}/auth/callback`,
      OIDC_ACCOUNTS: JSON.stringify(accounts),
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit');
  await Promise.race([
    once(readline.createInterface(child.stdout), 'line'),
    exit.then(() => {
      throw new Error('the provider has ended');
    }),
  ]);
  return {
    issuer: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill();
      await exit;
    },
  };
}

/**
 * Goes through the pages of the provider as this account, and stops at the callback address.
 * @param loginUrl the URL to which the ledger sent the browser.
 */
export async function visitProvider(loginUrl: string, account: string): Promise<string> {
  const browser: Browser = new OwnBrowser(new URL(loginUrl).origin);
  const origin = new URL(loginUrl).origin;
  let url = loginUrl;
  for (let step = 0; step < 12; step += 1) {
    const answer = await browser.send('GET', url);
    const form = /action="([^"]+)"[\s\S]*?name="prompt" value="(login|consent)"/.exec(answer.text);
    let location = answer.headers['location'];
    if (form !== null) {
      const body = new URLSearchParams({ prompt: form[2] ?? '', login: account, password: 'any' }).toString();
      location = (await browser.submit(form[1] ?? '', body)).headers['location'];
    }
    if (typeof location !== 'string') throw new Error(`${answer.status} ${answer.text.slice(0, 500)}`);
    url = new URL(location, origin).href;
    if (new URL(url).origin !== origin) return url;
  }
  throw new Error('the provider does not lead back');
}
