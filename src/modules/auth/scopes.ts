/** What a key may be allowed to do. */
export const SCOPES = [
  'prompts:read',
  'prompts:write',
  'executions:run',
  'executions:read',
  'analytics:read',
  'models:write',
  'keys:write',
  'budgets:write',
] as const;

export type Scope = (typeof SCOPES)[number];

export function isScope(value: string): value is Scope {
  return (SCOPES as readonly string[]).includes(value);
}
