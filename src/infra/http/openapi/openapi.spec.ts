import SwaggerParser from '@apidevtools/swagger-parser';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { startHttpTestApp } from '../server/http.testkit.js';
import type { HttpTestApp } from '../server/http.testkit.js';
import { buildOpenApiDocument } from './openapi.js';

const version = '1.2.3';

describe('the docs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'errors-page-'));
  const errorsFile = join(folder, 'errors.md');
  let server: HttpTestApp;
  beforeAll(async () => {
    writeFileSync(errorsFile, '# Errors\n\n## `NO_PROMPTS`\n\nSend <one> & more.\n');
    server = await startHttpTestApp({
      corsOrigins: ['https://app.example'],
      docs: { version, prefilledApiKey: 'published-key', errorsFile },
    });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const http = () => request(server.url);

  it('describe a valid document under /openapi.json', async () => {
    const { body } = await http().get('/openapi.json').expect(200);
    await SwaggerParser.validate(structuredClone(body));
    expect(body.info).toMatchObject({ title: 'Prompt Ledger', version });
    expect(Object.keys(body.components.securitySchemes)).toEqual(['api-key', 'bearer']);
  });

  it('name operations readably and document problems for each', () => {
    const { paths } = buildOpenApiDocument(server.app, { version });
    expect(paths['/v1/things/{name}']?.put?.operationId).toBe('things_put');
    const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDto' } } };
    for (const status of ['400', '413', 'default']) {
      expect(paths['/v1/things/{name}']?.put?.responses).toHaveProperty([status, 'content'], problem);
    }
  });

  it('are the same bytes each time, in sorted order', () => {
    const build = () => buildOpenApiDocument(server.app, { version });
    expect(JSON.stringify(build())).toBe(JSON.stringify(build()));
    for (const names of [Object.keys(build().paths), Object.keys(build().components?.schemas ?? {})]) {
      expect(names).toEqual([...names].sort());
      expect(names.length).toBeGreaterThan(1);
    }
  });

  it('have an explorer that needs no other host and no inline script', async () => {
    const page = await http().get('/docs').expect(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.headers['content-security-policy']).not.toMatch(/https:|upgrade-insecure|script-src/);
    const scripts = [...page.text.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)];
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, attributes, inline] of scripts) {
      expect(attributes).toMatch(/src=["']\.\//);
      expect(inline?.trim()).toBe('');
    }
    expect(page.text).not.toMatch(/(?:src|href)=["'](?:https?:)?\/\//);
    for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js'])
      await http().get(`/docs/${file}`).expect(200);
  });

  it('fill in the key that they were given, and keep what is typed', async () => {
    const script = (await http().get('/docs/swagger-ui-init.js').expect(200)).text;
    expect(script).toContain('"value": "published-key"');
    expect(script).toContain('"persistAuthorization": true');
    expect(script).toContain('"validatorUrl": null');
  });

  it('have the page that the type of a problem points to', async () => {
    const page = await http().get('/docs/errors').expect(200).expect('Content-Type', /html/);
    expect(page.text).toContain('<h2 id="NO_PROMPTS">');
    expect(page.text).toContain('<p>Send &lt;one&gt; &amp; more.</p>');
  });

  it.each([
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 302],
    ['text/html', 302],
    ['*/*', 404],
    ['application/json', 404],
    ['application/json, text/html;q=0.5', 404],
  ])('are where `GET /` sends a browser, but no program (%s: %i)', async (accept, status) => {
    const answer = await http().get('/').set('Accept', accept).expect(status);
    if (status === 302) expect(answer.headers['location']).toBe('/docs');
    else expect(answer.body).toMatchObject({ status: 404, instance: '/' });
  });

  it('send no program that says nothing of what it accepts', async () => {
    await http().get('/').unset('Accept').expect(404);
  });

  it('are not there when they are switched off', async () => {
    const bare = await startHttpTestApp();
    await request(bare.url).get('/docs').expect(404);
    await request(bare.url).get('/openapi.json').expect(404);
    await bare.stop();
  });

  describe('and other origins', () => {
    const preflight = (origin: string) =>
      http().options('/v1/things').set('Origin', origin).set('Access-Control-Request-Method', 'GET');

    it('may call when they are listed', async () => {
      const answer = await preflight('https://app.example');
      expect(answer.headers['access-control-allow-origin']).toBe('https://app.example');
      expect(answer.headers['access-control-allow-headers']).toContain('X-API-Key');
      const call = await http().get('/v1/things').set('Origin', 'https://app.example');
      for (const header of [
        'Retry-After',
        'X-Execution-Id',
        'X-Rollout-Id',
        'X-Rollout-Arm',
        'X-Rollout-Phase',
      ])
        expect(call.headers['access-control-expose-headers']).toContain(header);
    });

    it('may not when they are not', async () => {
      expect((await preflight('https://evil.example')).headers).not.toHaveProperty(
        'access-control-allow-origin',
      );
    });
  });
});
