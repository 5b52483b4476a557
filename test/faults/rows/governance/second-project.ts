import type { FaultContext } from '../../core/fault-context.js';

const SCOPES = ['prompts:read', 'prompts:write', 'executions:run', 'executions:read', 'models:write'];

/** Opens another tenant with the same prompt under the same name. @returns its key. */
export async function openProject(context: FaultContext, url: string, name: string): Promise<string> {
  const { body } = await context
    .admin(url)
    .post<{ key: string; key_id: string }>('/v1/keys', { name, scopes: SCOPES });
  await context.database.query(
    `WITH made AS (INSERT INTO projects (name) VALUES ($2) RETURNING project_id)
     UPDATE api_keys SET project_id = made.project_id FROM made WHERE key_id = $1`,
    [body.key_id, name],
  );
  await context.putPrompt(url, body.key);
  return body.key;
}
