import type { INestApplication } from '@nestjs/common';
import { asksForFresh, type FastPath, type FastRequest, RawAnswer } from '../infra/http/index.js';
import { heavyWork } from '../kernel/index.js';
import type { Caller, Scope } from '../modules/auth/index.js';
import {
  ExecuteDto,
  RunRights,
  RunService,
  SubmitDto,
  SubmitService,
  type UsedKey,
  readUsedKey,
} from '../modules/executions/index.js';
import { RateLimits } from '../modules/limits/index.js';
import { PromptReads } from '../modules/prompts/index.js';

/** Names that every decoder reads the same way. `.` and `..` alone are excluded, because clients may resolve them as folders. */
const PROMPT_PATH = /^\/v1\/prompts\/(?!\.{1,2}$)((?:[A-Za-z0-9_.-]|%2[Ff]){1,200})$/;

/** Adds the routes that are answered before Express. A controller serves each of them too, with the same service. */
export function addFastRoutes(fastPath: FastPath<Caller, Scope>, app: INestApplication): void {
  const rights = app.get(RunRights);
  const runs = app.get(RunService);
  const submits = app.get(SubmitService);
  const prompts = app.get(PromptReads);
  const limits = app.get(RateLimits);
  const problemHeaders = (caller: Caller) => limits.headersFor(caller);
  fastPath.add({
    method: 'POST',
    path: '/v1/executions\\:run',
    match: exactly('/v1/executions:run'),
    scopes: ['executions:run'],
    orOverTeam: true,
    dto: ExecuteDto,
    handle: (request: FastRequest<Caller, object, ExecuteDto>) => {
      const { caller, body, path } = request;
      return rights.whenMayRun(caller, body, () =>
        prepared(request, (key, variables) => runs.run(caller, body, variables, { path, key })),
      );
    },
    problemHeaders,
  });
  fastPath.add({
    method: 'POST',
    path: '/v1/executions\\:submit',
    match: exactly('/v1/executions:submit'),
    scopes: ['executions:run'],
    orOverTeam: true,
    dto: SubmitDto,
    handle: (request: FastRequest<Caller, object, SubmitDto>) => {
      const { caller, body } = request;
      return rights.whenMayRun(caller, body, () =>
        prepared(request, (key, variables) => submits.submit(caller, body, variables, key)),
      );
    },
    problemHeaders,
  });
  fastPath.add({
    method: 'GET',
    path: '/v1/prompts/:name',
    match: (path: string) => {
      const name = PROMPT_PATH.exec(path)?.[1];
      return name === undefined ? null : { name: decodeURIComponent(name) };
    },
    scopes: ['prompts:read'],
    dto: null,
    handle: ({ caller, params, headers }: FastRequest<Caller, { name: string }, null>) => {
      const fresh = asksForFresh(headers['cache-control']);
      const found = prompts.find(caller.projectId, params.name, { fresh });
      return found instanceof Promise ? found.then(promptAnswer) : promptAnswer(found);
    },
  });
}

function promptAnswer(json: Buffer): RawAnswer {
  return RawAnswer.json(200, json);
}

function exactly(path: string): (sent: string) => object | null {
  const none = {};
  return (sent) => (sent === path ? none : null);
}

/** Answers with the idempotency key and the text of the variables, synchronously unless the body is large. */
function prepared<Answer>(
  { path, headers, rawHeaders, text }: FastRequest<Caller, unknown, unknown>,
  answer: (key: UsedKey | null, variablesJson: string | null) => Promise<Answer>,
): Promise<Answer> {
  const header = headers['idempotency-key'];
  // The path is the route itself, because the fast path accepts no other spelling.
  const key = readUsedKey({ method: 'POST', path, header, rawHeaders, body: text });
  const variables = () => text?.findSource('variables') ?? null;
  if (text?.isLarge !== true) return answer(key as UsedKey | null, variables());
  return Promise.all([key, heavyWork.run(variables)]).then((both) => answer(...both));
}
