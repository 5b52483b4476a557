// `npm run screenshots`: takes the pictures of docs/dashboard.md from a service with invented data. Needs Chromium.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import findChromiumModule from '../test/support/servers/find-chromium.cjs';
import { freePort } from '../test/support/servers/child.mjs';
import { ensureBuilt, ensureInstalled } from './lib/prepare.mjs';
import { inProject } from './lib/project.mjs';
import { seedShowcase } from './lib/showcase.mjs';

const KEY = 'a-key-for-pictures';
const SIZE = { width: 1440, height: 860 };
const OUT = process.env.SCREENSHOTS_DIR || inProject('docs', 'images');
const READY_TRIES = 600;

async function main() {
  await ensureInstalled();
  await ensureBuilt();
  const executablePath = findChromiumModule.findChromium();
  if (executablePath === null) throw new Error('Install chromium, or set CHROMIUM_PATH.');
  const home = await mkdtemp(path.join(os.tmpdir(), 'ledger-pictures-'));
  const port = String(await freePort());
  const env = {
    PATH: process.env.PATH,
    PROMPT_LEDGER_HOME: home,
    PORT: port,
    API_KEY: KEY,
    HOST: '127.0.0.1',
  };
  const service = spawn(process.execPath, [inProject('dist', 'src', 'main.js')], {
    env,
    cwd: home,
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => service.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(url, service);
    const places = await seedShowcase(url, KEY);
    await mkdir(OUT, { recursive: true });
    await takePictures(executablePath, url, places);
  } finally {
    service.kill('SIGTERM');
    await ended;
    await rm(home, { recursive: true, force: true });
  }
}

async function untilReady(url, service) {
  for (let turn = 0; turn < READY_TRIES; turn += 1) {
    const response = await fetch(`${url}/health`).catch(() => null);
    if (response?.status === 200) return;
    if (service.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The service did not start.');
}

async function takePictures(executablePath, url, places) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    for (const { name, path: screen, colorScheme = 'light', ready, act, size = SIZE } of places) {
      const context = await browser.newContext({ viewport: size, colorScheme, reducedMotion: 'reduce' });
      const page = await context.newPage();
      await page.goto(`${url}/app${screen}`);
      if (ready !== null) {
        await page.getByLabel('API key').fill(KEY);
        await page.getByRole('button', { name: 'Sign in', exact: true }).click();
        await page.getByText(ready).first().waitFor();
      }
      await act?.(page);
      await page.screenshot({ path: path.join(OUT, `${name}.png`) });
      await context.close();
      console.log(`${name}.png`);
    }
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
