import { readFileSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findChromium } from '../support/servers/find-chromium.cjs';

const AXE_FILE = require.resolve('axe-core/axe.min.js');
/** The rules of axe that look at colors. In the dark, the others would judge the same document again. */
const COLOR_RULES = ['color-contrast', 'link-in-text-block'];
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage'];

export interface PersonOptions {
  readonly url: string;
  readonly width?: number;
  readonly height?: number;
}

/** Things that a page did but must never do. */
interface Noted {
  readonly violations: string[];
  readonly executed: string[];
}

declare global {
  interface Window {
    noted: Noted;
    axe: { run(options: object): Promise<{ violations: AxeFinding[] }> };
  }
}

export interface AxeFinding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

let browser: Browser | null = null;
/** The windows of people who left. A new one takes three times the processor time. */
const idle: Page[] = [];

afterAll(async () => {
  idle.length = 0;
  await browser?.close();
  browser = null;
});

/** Somebody in front of the dashboard, with a window that shares nothing with those of others. */
export class Person {
  /** Errors that no code of the page handled. */
  readonly errors: string[] = [];

  private constructor(
    readonly page: Page,
    readonly url: string,
  ) {
    page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  static async sitDown({ url, width = 1440, height = 860 }: PersonOptions): Promise<Person> {
    const page = idle.pop() ?? (await openWindow());
    await page.setViewportSize({ width, height });
    return new Person(page, url);
  }

  get context(): BrowserContext {
    return this.page.context();
  }

  /** Opens a screen of the dashboard. @param path below `/app`. */
  async open(path: string): Promise<void> {
    await this.page.goto(`${this.url}/app${path}`);
  }

  /** Signs in where the sign-in is shown. */
  async signIn(key: string): Promise<void> {
    await this.page.getByLabel('API key').fill(key);
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  /** Opens a screen as somebody with this key. */
  async openAs(key: string, path: string): Promise<void> {
    await this.open(path);
    await this.signIn(key);
    await this.page.getByRole('navigation', { name: 'Screens' }).waitFor();
  }

  /** Returns the policy violations, and the foreign scripts that the page has run. */
  async noted(): Promise<Noted & { readonly errors: readonly string[] }> {
    return { ...(await this.page.evaluate(() => window.noted)), errors: this.errors };
  }

  /** Returns the findings that axe calls serious or critical on the current page, in light and in dark. */
  async findBarriers(): Promise<string[]> {
    await this.loadAxe();
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme });
      const barriers = await this.findBarriersAsShown(colorScheme === 'dark' ? COLOR_RULES : null);
      found.push(...barriers.map((barrier) => `${colorScheme}: ${barrier}`));
    }
    return found;
  }

  /** Uses the debugger's protocol, because a script of `evaluate` would need what the page's policy forbids. */
  private async loadAxe(): Promise<void> {
    if (await this.page.evaluate(() => 'axe' in window)) return;
    const session = await this.context.newCDPSession(this.page);
    await session.send('Runtime.evaluate', { expression: readFileSync(AXE_FILE, 'utf8') });
    await session.detach();
  }

  /** @param rules null for all. */
  private async findBarriersAsShown(rules: readonly string[] | null): Promise<string[]> {
    const { violations } = await this.page.evaluate(async (values) => {
      // Charts are drawn again for the other colors.
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      return window.axe.run({
        resultTypes: ['violations'],
        ...(values !== null && { runOnly: { type: 'rule', values } }),
      });
    }, rules);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
      );
  }

  /** Leaves nothing behind that the next person in this window could meet. */
  async leave(): Promise<void> {
    const { page } = this;
    if (page.isClosed()) return;
    page.removeAllListeners();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.emulateMedia({ colorScheme: null });
    if (page.url() !== 'about:blank') {
      await page.evaluate(() => {
        sessionStorage.clear();
        localStorage.clear();
      });
    }
    await page.goto('about:blank');
    await this.context.clearCookies();
    idle.push(page);
  }
}

async function openWindow(): Promise<Page> {
  browser ??= await chromium.launch({ executablePath: chromiumPath(), args: ARGS });
  const context = await browser.newContext({
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await context.addInitScript(() => {
    window.noted = { violations: [], executed: [] };
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
      window.noted.violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}`);
    });
  });
  return context.newPage();
}

function chromiumPath(): string {
  const found = findChromium();
  if (found === null) throw new Error('Chromium is not on the PATH: install it, or set CHROMIUM_PATH.');
  return found;
}
