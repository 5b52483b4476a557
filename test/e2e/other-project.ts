import { randomBytes } from 'node:crypto';
import { api, type ApiClient } from '../support/api-client.js';
import { ECHO, OPENAI, type Stage } from './stage.js';

/** Makes a client with a key of this project. */
export async function clientWith(
  stage: Stage,
  scopes: readonly string[],
): Promise<ApiClient & { keyId: string }> {
  const made = await stage.admin.post<{ key: string; key_id: string }>('/v1/keys', { name: 'a key', scopes });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return { ...api(stage.ledger.url, made.body.key), keyId: made.body.key_id };
}

/** Makes a client with a key of a new project, which has the models of the tests. */
export async function otherProject(stage: Stage): Promise<ApiClient> {
  const scopes = [
    'prompts:read',
    'prompts:write',
    'executions:run',
    'executions:read',
    'analytics:read',
    'models:write',
    'budgets:write',
  ];
  const client = await clientWith(stage, scopes);
  await stage.sql(
    `WITH project AS (INSERT INTO projects (name) VALUES ($2) RETURNING project_id)
     UPDATE api_keys SET project_id = project.project_id FROM project WHERE key_id = $1`,
    [client.keyId, `other ${randomBytes(4).toString('hex')}`],
  );
  for (const { provider, model_name } of [ECHO, OPENAI]) {
    const allowed = await client.put(`/v1/models/${provider}/${model_name}`, {});
    if (allowed.status !== 200) throw new Error(JSON.stringify(allowed.body));
  }
  return client;
}
