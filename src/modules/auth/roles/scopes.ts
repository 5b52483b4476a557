/** Every right that a key can have. */
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
  'content:erase',
  'secrets:write',
] as const;

export type Scope = (typeof SCOPES)[number];

/** Scopes that a team can grant over its prompts. The other scopes concern more than one prompt, so only the project grants them. */
export const SCOPES_OVER_PROMPTS = [
  'prompts:write',
  'executions:run',
  'environments:move',
  'changes:write',
  'changes:approve',
  'rollouts:write',
] as const satisfies readonly Scope[];

export type ScopeOverPrompts = (typeof SCOPES_OVER_PROMPTS)[number];

export function isScope(value: string): value is Scope {
  return (SCOPES as readonly string[]).includes(value);
}

/** Scopes that another scope includes. An included scope includes nothing further. */
const IMPLIED: Readonly<Partial<Record<Scope, readonly Scope[]>>> = {
  'executions:read': ['executions:list'],
};

/** Returns everything that these names allow, without scopes of a later release. */
export function toScopes(names: Iterable<string>): ReadonlySet<Scope> {
  const scopes = new Set<Scope>();
  for (const name of names) {
    if (!isScope(name)) continue;
    scopes.add(name);
    for (const implied of IMPLIED[name] ?? []) scopes.add(implied);
  }
  return scopes;
}
