import { readFileSync } from 'node:fs';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import type { Express } from 'express';
import { renderErrorsPage } from './errors-page.js';
import { API_KEY_SECURITY, buildOpenApiDocument } from './openapi.js';
import type { OpenApiOptions } from './openapi.js';

export interface DocsOptions extends OpenApiOptions {
  /** A key to prefill for "Try it out". Anybody can read it there, so it may only be the published default, or `null`. */
  readonly prefilledApiKey: string | null;
  /** `docs/errors.md`, served under `/docs/errors`, which the `type` of a problem links to. `null` disables the page. */
  readonly errorsFile: string | null;
}

/** Serves the explorer under `/docs`, the document under `/openapi.json`, and the list of errors. @param homePath where `/` redirects. */
export function setUpDocs(app: NestExpressApplication, options: DocsOptions, homePath = '/docs'): void {
  const { errorsFile, prefilledApiKey } = options;
  const express: Express = app.getHttpAdapter().getInstance();
  express.get('/', (request, response, next) => {
    // Only browsers are redirected. A program gets a 404, because `/` has nothing for it.
    if (request.accepts(['json', 'html']) !== 'html') next();
    else response.vary('Accept').redirect(302, homePath);
  });
  if (errorsFile !== null) {
    express.get('/docs/errors', (_request, response) => {
      response.type('html').send(renderErrorsPage(readFileSync(errorsFile, 'utf8')));
    });
  }
  // A factory delays building the document until it is first requested, so that startup does not wait for it.
  SwaggerModule.setup('docs', app, () => buildOpenApiDocument(app, options), {
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Prompt Ledger API',
    customCss: '.swagger-ui .topbar { display: none }',
    swaggerOptions: {
      persistAuthorization: true,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      // By default the explorer sends the document to a host on the internet for a badge.
      validatorUrl: null,
      ...(prefilledApiKey === null ? {} : { authAction: authorizeWith(prefilledApiKey) }),
    },
  });
}

/** The action that the explorer's "Authorize" dialog would dispatch. */
function authorizeWith(key: string): Record<string, unknown> {
  const schema = { type: 'apiKey', in: 'header', name: 'X-API-Key' };
  return { [API_KEY_SECURITY]: { name: API_KEY_SECURITY, schema, value: key } };
}
