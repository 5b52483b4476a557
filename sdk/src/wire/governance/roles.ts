/** From the narrowest to the widest; each includes the one before. */
export type Role = 'viewer' | 'runner' | 'editor' | 'approver' | 'admin';

export type Scope =
  | 'prompts:read'
  | 'prompts:write'
  | 'executions:run'
  | 'executions:list'
  | 'executions:read'
  | 'analytics:read'
  | 'scores:write'
  | 'traces:read'
  | 'traces:write'
  | 'environments:move'
  | 'environments:write'
  | 'changes:write'
  | 'changes:approve'
  | 'evaluations:write'
  | 'rollouts:write'
  | 'models:write'
  | 'keys:write'
  | 'budgets:write'
  | 'members:write'
  | 'settings:write'
  | 'audit:read'
  | 'secrets:write'
  | 'content:erase';
