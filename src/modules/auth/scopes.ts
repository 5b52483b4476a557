/** What a key may be allowed to do. */
export const SCOPES = [
  'prompts:read',
  'prompts:write',
  'executions:run',
  'executions:list',
  'executions:read',
  'analytics:read',
  'scores:write',
  'traces:read',
  'traces:write',
  'environments:move',
  'environments:write',
  'changes:write',
  'changes:approve',
  'evaluations:write',
  'rollouts:write',
  'models:write',
  'keys:write',
  'budgets:write',
  'members:write',
  'settings:write',
  'audit:read',
] as const;

export type Scope = (typeof SCOPES)[number];

export function isScope(value: string): value is Scope {
  return (SCOPES as readonly string[]).includes(value);
}
