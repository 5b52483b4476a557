import { SCOPES, toScopes } from './scopes.js';

describe('toScopes', () => {
  it.each([
    [['executions:read'], ['executions:list', 'executions:read']],
    [['executions:list'], ['executions:list']],
    [['prompts:write'], ['prompts:write']],
    [['a scope of a later release', 'prompts:read'], ['prompts:read']],
    [['constructor', '__proto__', ''], []],
  ])('reads %j as %j', (names, scopes) => {
    expect([...toScopes(names)].sort()).toEqual(scopes);
  });

  it('adds nothing to all of them', () => {
    expect(toScopes(SCOPES)).toEqual(new Set(SCOPES));
  });
});
