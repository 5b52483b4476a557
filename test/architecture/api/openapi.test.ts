import SwaggerParser from '@apidevtools/swagger-parser';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { previewApi, routesOf } from './api.js';
import { listFiles, ROOT } from '../tree.js';

type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Json[];
  readonly requestBody?: Json;
  readonly security?: readonly Json[];
  readonly responses: Readonly<Record<string, Json>>;
}

interface OpenApiDocument {
  readonly openapi: string;
  readonly components: { readonly securitySchemes: Readonly<Record<string, Json>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly tags?: readonly { readonly name: string }[];
}

interface NamedOperation extends Operation {
  /** For example `PUT /v1/prompts/{name}`. */
  readonly at: string;
}

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;
const PROBLEM = { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDto' } } };
/** The errors that clients of OpenAI's API read. */
const OPENAI_ERROR = { 'application/json': { schema: { $ref: '#/components/schemas/OpenAiErrorDto' } } };
const CLI = path.join(ROOT, 'dist/src/cli.js');
const REDOCLY = path.join(ROOT, 'node_modules/@redocly/cli/bin/cli.js');
const run = promisify(execFile);

/** Read from `dist`, where the compiler's plugin has added types and comments, which the tests' compiler does not. */
describe('the OpenAPI document', () => {
  let document: OpenApiDocument;
  let operations: readonly NamedOperation[];

  beforeAll(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ledger-test-openapi-'));
    const file = path.join(folder, 'openapi.json');
    await run(process.execPath, [CLI, 'openapi', '--out', file]);
    document = JSON.parse(await readFile(file, 'utf8')) as OpenApiDocument;
    await rm(folder, { recursive: true });
    operations = Object.entries(document.paths).flatMap(([route, item]) =>
      METHODS.flatMap((method) => {
        const operation = item[method];
        return operation === undefined ? [] : [{ ...operation, at: `${method.toUpperCase()} ${route}` }];
      }),
    );
  });

  it('is the one that is committed', async () => {
    const { stdout } = await run(process.execPath, [
      CLI,
      'openapi',
      '--check',
      path.join(ROOT, 'openapi.json'),
    ]);
    expect(stdout).toContain('is current');
  });

  it('is valid', async () => {
    await expect(SwaggerParser.validate(structuredClone(document) as never)).resolves.toBeDefined();
  });

  // The folder has no configuration, so the recommended rules apply. The environment keeps the linter off the network.
  it('has no errors for redocly lint', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ledger-test-redocly-'));
    const file = path.join(folder, 'openapi.json');
    await writeFile(file, JSON.stringify(document));
    const args = [REDOCLY, 'lint', file, '--format=json'];
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const { stdout } = await run(process.execPath, args, {
      cwd: folder,
      env,
      maxBuffer: 16 * 1024 * 1024,
    }).catch(
      // The linter exits with 1 for errors, which the report names.
      (error: unknown) => error as { stdout: string },
    );
    await rm(folder, { recursive: true });
    const { problems } = JSON.parse(stdout) as { problems: { severity: string; message: string }[] };
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('is of OpenAPI 3.1, without what 3.0 had in place of null', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(JSON.stringify(document)).not.toContain('"nullable"');
  });

  it('takes keys for words, not for tokens of a known form', () => {
    expect(document.components.securitySchemes['bearer']).toEqual({
      type: 'http',
      scheme: 'bearer',
      description: 'The same key.',
    });
  });

  it('has every route', async () => {
    expect(operations).toHaveLength(routesOf(await previewApi()).length);
  });

  it('sums up every operation, under a tag that is described', () => {
    const tags = document.tags?.map(({ name }) => name) ?? [];
    const isSummedUp = ({ summary, tags: [tag = ''] = [] }: Operation) =>
      !isBlank(summary) && tags.includes(tag);
    expect(where(operations, (operation) => !isSummedUp(operation))).toEqual([]);
  });

  it('describes every parameter', () => {
    const parameters = operations.flatMap(({ at, parameters = [] }) =>
      parameters.map((parameter) => ({ ...parameter, at: `${at} ${String(parameter['name'])}` })),
    );
    expect(parameters).not.toEqual([]);
    expect(where(parameters, (parameter: Json) => isBlank(parameter['description']))).toEqual([]);
  });

  it('says of an object in a query that its members come one by one', () => {
    const list = operations.find(({ at }) => at === 'GET /v1/executions');
    expect(list?.parameters?.find(({ name }) => name === 'metadata')).toMatchObject({
      in: 'query',
      style: 'deepObject',
      explode: true,
      schema: { type: 'object', additionalProperties: { type: 'string' } },
    });
  });

  it('describes every property', () => {
    const properties = propertiesOf(document, '#');
    expect(properties).not.toEqual([]);
    expect(where(properties, ({ schema }) => isBlank(schema['description']))).toEqual([]);
  });

  it('has no object of which nobody says what is in it: the generator makes one of what may be any JSON', () => {
    const isBare = ({ type, properties, additionalProperties }: Record<string, unknown>) =>
      [type].flat().includes('object') && properties === undefined && additionalProperties === undefined;
    expect(where(propertiesOf(document, '#'), ({ schema }) => isBare(schema))).toEqual([]);
  });

  it('says what each operation answers when it succeeds', () => {
    expect(where(operations, (operation) => !hasAnswer(operation))).toEqual([]);
  });

  it('says one success of each operation, but for execute, which waits or queues', () => {
    const countOf = ({ responses }: NamedOperation) =>
      Object.keys(responses).filter((status) => status.startsWith('2')).length;
    expect(where(operations, (operation) => countOf(operation) > 1)).toEqual([
      'POST /v1/prompts/{name}/execute',
    ]);
  });

  it('gives no answer of 204 a body', () => {
    expect(where(operations, ({ responses }) => responses['204']?.['content'] !== undefined)).toEqual([]);
  });

  it('documents 402 wherever a call is held to budgets', () => {
    const spends =
      /^POST \/(v1\/executions:(run|submit|stream|submit-batch)|v1\/prompts\/\{name\}\/execute|openai\/v1\/chat\/completions)$/;
    const spending = operations.filter(({ at }) => spends.test(at));
    expect(spending).toHaveLength(6);
    expect(where(spending, ({ responses }) => !('402' in responses))).toEqual([]);
  });

  it('has no two classes of one name, of which only one would be described', () => {
    const names = listFiles('src')
      .filter((file) => file.endsWith('.dto.ts'))
      .flatMap((file) => [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(/^export class (\w+)/gm)])
      .map(([, name]) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('says for each operation what a problem looks like', () => {
    const lacksDefault = ({ at, responses }: NamedOperation) => !isProblem(at, responses['default']);
    expect(where(operations, lacksDefault)).toEqual([]);
    // The health routes answer 503 with a body of their own that says what is down.
    const undescribed = ({ at, responses }: NamedOperation) =>
      !at.startsWith('GET /health') &&
      Object.entries(responses).some(
        ([status, response]) => /^[45]/.test(status) && !isProblem(at, response),
      );
    expect(where(operations, undescribed)).toEqual([]);
  });

  it('documents 401 where a key is needed, and 400 where there is something to send', () => {
    const needsKey = ({ security = [] }: Operation) => security.length > 0;
    expect(operations.some(needsKey)).toBe(true);
    expect(where(operations.filter(needsKey), ({ responses }) => !('401' in responses))).toEqual([]);
    const takesInput = ({ parameters = [], requestBody }: Operation) =>
      parameters.length > 0 || requestBody !== undefined;
    expect(where(operations.filter(takesInput), ({ responses }) => !('400' in responses))).toEqual([]);
  });
});

function where<T extends { readonly at: string }>(
  items: readonly T[],
  isWrong: (item: T) => boolean,
): string[] {
  return items.filter(isWrong).map(({ at }) => at);
}

function isBlank(text: unknown): boolean {
  return typeof text !== 'string' || text.trim() === '';
}

function hasAnswer({ responses }: Operation): boolean {
  // Neither has a body: 204 is done, and 303 redirects.
  if ('204' in responses || '303' in responses) return true;
  const [response] = Object.entries(responses).flatMap(([status, value]) =>
    status.startsWith('2') ? [value] : [],
  );
  const content = response?.['content'] as Record<string, Json> | undefined;
  // A stream of events or of lines has no schema that would say more.
  const types = ['application/json', 'text/event-stream', 'application/x-ndjson'];
  return types.some((type) => content?.[type]?.['schema'] !== undefined);
}

function isProblem(at: string, response: Json | undefined): boolean {
  const expected = at.includes(' /openai/') ? OPENAI_ERROR : PROBLEM;
  return JSON.stringify(response?.['content']) === JSON.stringify(expected);
}

/** Lists every entry of every `properties`, wherever the document has a schema. */
function propertiesOf(node: unknown, at: string): { at: string; schema: Json }[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    // The contents of an example may look like a schema.
    if (key === 'example' || key === 'examples') return [];
    const below = propertiesOf(value, `${at}/${key}`);
    if (key !== 'properties' || typeof value !== 'object' || value === null) return below;
    const own = Object.entries(value).map(([name, schema]) => ({
      at: `${at}/${name}`,
      schema: schema as Json,
    }));
    return [...own, ...below];
  });
}
