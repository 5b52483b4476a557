import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The built web app: `dashboard/dist` of the workspace `dashboard`. */
export interface Dashboard {
  /** The folder of the files with a content hash in their name. */
  readonly assetsDir: string;
  /** Returns the page for one response. @param nonce of the response, in base64. */
  renderPage(nonce: string): string;
}

/** Placeholders that the build writes into the page. */
const NONCE = '__CSP_NONCE__';
const SIGN_IN = '__SIGN_IN__';

/**
 * @param root the folder of package.json.
 * @param signIn whether the page offers signing in with an identity provider.
 * @returns null if the dashboard is not built.
 */
export function openDashboard(root: string, signIn: 'key' | 'provider'): Dashboard | null {
  const folder = join(root, 'dashboard', 'dist');
  const page = join(folder, 'index.html');
  if (!existsSync(page)) return null;
  const html = readFileSync(page, 'utf8').replaceAll(SIGN_IN, signIn);
  return {
    assetsDir: join(folder, 'assets'),
    renderPage: (nonce) => html.replaceAll(NONCE, nonce),
  };
}
