import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { problemResponse } from '../problems/api-problems.decorator.js';
import { BODY_EXAMPLE } from './body-example.decorator.js';
import { findErrorFormat, errorFormats } from '../problems/error-format.js';
import { convertToOpenApi31 } from './openapi-31.js';
import { ProblemDto } from '../problems/problem.dto.js';

/** Names for `@ApiSecurity()`. */
export const API_KEY_SECURITY = 'api-key';
export const BEARER_SECURITY = 'bearer';

export interface OpenApiOptions {
  /** The service's version from package.json. */
  readonly version: string;
}

const DESCRIPTION = `A control plane for the prompts of language models. It keeps every version of a prompt under the
hash of its content, runs versions against providers, at once or queued, and records of each execution exactly what
was sent, to whom, and what came back.

**Authentication.** Send a key as \`X-API-Key: <key>\` or as \`Authorization: Bearer <key>\`. \`GET /health\` and these
pages need none. A key belongs to one project and sees nothing of another. The key of the instance acts in the project
\`default\`, or in the one that the header \`X-Project\` names. Browsers sign in and send the cookie of their session instead;
what changes something then needs the \`csrf_token\` of \`GET /v1/me\` in \`X-CSRF-Token\`.

**Conventions.** Fields are \`snake_case\`, times RFC 3339 in UTC, ids UUIDs. Bodies are JSON, and an unknown field is
refused rather than ignored. Lists take \`limit\` and \`cursor\`; cursors are opaque.

**Errors** are \`application/problem+json\` (RFC 9457) with a stable \`code\`; [every code](/docs/errors) has its cause
and cure. Each answer carries an \`X-Request-Id\`, which the log names too.`;

const TAGS: readonly (readonly [string, string])[] = [
  ['Prompts', 'Prompts, their versions, and which one is active.'],
  ['Snippets', 'Texts that prompts share, each by the number of its version.'],
  ['Tracking', 'Prompts that live in code: registered, executed and followed from there.'],
  ['Executions', 'Run a version and read what happened.'],
  ['Batches', 'Many executions of one version, submitted together.'],
  ['Scorers', 'What judges answers: checks, code, judges and people.'],
  ['Scores', 'What was said of executions.'],
  ['Outcomes', 'What became of executions outside, days later.'],
  ['Suggestions', 'What to change about a prompt next, and the facts that say so.'],
  ['Rollouts', 'New versions that a growing share of the units gets, and what they have shown.'],
  ['Environments', 'Which version of a prompt runs where, and what is protected.'],
  ['Datasets', 'Lists of items to try prompts on, by the hash of what they hold.'],
  ['Experiments', 'Candidates run on the items of a dataset, scored, and compared item by item.'],
  ['Analytics', 'How often prompts ran, and how that went.'],
  ['Webhooks', 'Who is told when an execution or a batch is over, and whether that worked.'],
  ['Budgets', 'What may be spent in a day, a month or at all, and what is left of it.'],
  ['Models', 'The models that are allowed.'],
  ['Prices', 'What models cost, and since when.'],
  ['Routes', 'Lists of models under a name, to be tried one after the other.'],
  ['OpenAI', "What clients of OpenAI's API can be pointed at."],
  ['Keys', 'What programs call with, and what each may do.'],
  ['Projects', 'The tenants: what belongs to one is nothing to another.'],
  ['Secrets', 'The keys that projects have of their own for providers.'],
  ['Users', 'People and service accounts of the instance.'],
  ['Members', 'Who works in a project, and as what.'],
  ['Teams', 'Who may do more with the prompts that a team answers for.'],
  ['Sign-in', 'Sessions of browsers.'],
  ['Me', 'Who you are, and what you may do.'],
  ['Changes', 'What is to run in a protected environment: asked for, approved, applied.'],
  ['Audit', 'Who changed what, and when.'],
  ['Service', 'Whether the service and what it needs are up.'],
];

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const SUCCESS: Readonly<Record<string, string>> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Taken on; durable, and not done yet.',
  204: 'Done. There is no body.',
};

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;

/** Builds the OpenAPI document of an app. The same app gives the same bytes, so that the committed file diffs well. */
export function buildOpenApiDocument(app: INestApplication, { version }: OpenApiOptions): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Prompt Ledger')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setLicense('MIT', 'https://spdx.org/licenses/MIT.html')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, API_KEY_SECURITY)
    // `addBearerAuth` would say that the token is a JWT.
    .addSecurity(BEARER_SECURITY, { type: 'http', scheme: 'bearer', description: 'The same key.' })
    .addServer('/', 'The service that you read this from.');
  for (const [name, description] of TAGS) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    extraModels: [ProblemDto, ...errorFormats().map(({ dto }) => dto)],
    operationIdFactory: operationId,
  });
  return convertToOpenApi31({
    ...document,
    paths: describePaths(document),
    components: sortComponents(document),
  });
}

/** A generated client turns `prompts_put` into `prompts.put`. */
function operationId(controllerName: string, methodName: string): string {
  return `${snakeCase(controllerName.replace(/Controller$/, ''))}_${snakeCase(methodName)}`;
}

function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
}

/** Sorts paths and methods, so that the order does not depend on the order in which modules load. */
function describePaths({ paths }: OpenAPIObject): OpenAPIObject['paths'] {
  const described: OpenAPIObject['paths'] = {};
  for (const [path, item] of sortedEntries(paths)) {
    described[path] = {};
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      const responses = { ...describeSuccess(operation), default: problemResponse('Any other problem.') };
      described[path][method] = {
        ...describeDeepObjects(fillInBody(operation)),
        // Public routes state an empty list, which shows that security was not forgotten.
        security: operation.security ?? [],
        responses: describeErrors(path, responses),
      };
    }
  }
  return described;
}

/** Moves the example of a route's body to where the explorer reads it. */
function fillInBody(operation: Operation): Operation {
  const { [BODY_EXAMPLE]: example, ...rest } = operation as Operation & Record<typeof BODY_EXAMPLE, unknown>;
  const { requestBody } = rest;
  if (example === undefined || requestBody === undefined || !('content' in requestBody)) return rest;
  const content = Object.entries(requestBody.content).map(([type, media]) => [type, { ...media, example }]);
  return {
    ...rest,
    requestBody: { ...requestBody, content: Object.fromEntries(content) as typeof requestBody.content },
  };
}

/** Adds the `deepObject` style to query parameters that are objects (see `DeepObject`), because the generator knows no styles. */
function describeDeepObjects(operation: Operation): Operation {
  if (operation.parameters === undefined) return operation;
  const parameters = operation.parameters.map((parameter) => {
    const isDeep = 'in' in parameter && parameter.in === 'query' && isObjectSchema(parameter.schema);
    return isDeep ? { ...parameter, style: 'deepObject' as const, explode: true } : parameter;
  });
  return { ...operation, parameters };
}

function isObjectSchema(schema: object | undefined): boolean {
  return schema !== undefined && 'type' in schema && schema.type === 'object';
}

/** Adds the error format, which depends on the path; routes only say what each error means. */
function describeErrors(path: string, responses: Operation['responses']): Operation['responses'] {
  const format = findErrorFormat(path);
  if (format === null) return responses;
  const content = { 'application/json': { schema: { $ref: getSchemaPath(format.dto) } } };
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      status.startsWith('2') || response === undefined ? response : { ...response, content },
    ]),
  );
}

/** Fills in the description that the generator leaves empty when a route gives none. */
function describeSuccess({ responses }: Operation): Operation['responses'] {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      response !== undefined && 'description' in response && response.description === ''
        ? { ...response, description: SUCCESS[status] ?? 'Success.' }
        : response,
    ]),
  );
}

function sortComponents({ components = {} }: OpenAPIObject): NonNullable<OpenAPIObject['components']> {
  return Object.fromEntries(
    sortedEntries(components as Record<string, Record<string, unknown>>).map(([kind, members]) => [
      kind,
      Object.fromEntries(sortedEntries(members)),
    ]),
  );
}

/** Sorts by code unit, because a sort by locale would depend on the machine. */
function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
