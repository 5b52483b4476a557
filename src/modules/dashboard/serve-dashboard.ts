import { randomBytes } from 'node:crypto';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express, Request, Response } from 'express';
import { contentSecurityPolicy } from './content-security-policy.js';
import type { Dashboard } from './open-dashboard.js';

const YEAR_MS = 365 * 24 * 3_600_000;

/** Serves the built web app at `/app`. Every path below it returns the page, because the app does its own routing. */
export function serveDashboard(app: NestExpressApplication, dashboard: Dashboard): void {
  const server: Express = app.getHttpAdapter().getInstance();
  // A missing file falls through to the service's 404, because the page would be loaded as a script.
  app.useStaticAssets(dashboard.assetsDir, {
    prefix: '/app/assets',
    immutable: true,
    maxAge: YEAR_MS,
    index: false,
    redirect: false,
    etag: false,
  });
  const sendPage = (_request: Request, response: Response) => {
    const nonce = randomBytes(18).toString('base64');
    response.setHeader('Content-Security-Policy', contentSecurityPolicy(nonce));
    // The nonce must be used only once.
    response.setHeader('Cache-Control', 'no-store');
    response.type('html').send(dashboard.renderPage(nonce));
  };
  server.get('/app', sendPage);
  server.get('/app/{*screen}', (request, response, next) => {
    if (request.path.startsWith('/app/assets/')) next();
    else sendPage(request, response);
  });
}
