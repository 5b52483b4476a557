import { assertMayOver, assertMaySomewhere } from './assert-may.js';
import { ForbiddenError } from './errors.js';
import type { Rights } from './roles/rights.js';
import type { Scope } from './roles/scopes.js';

function rights(own: Scope[], teams: Record<string, Scope[]> = {}): Rights {
  const overTeams = Object.entries(teams).map(
    ([team, scopes]) => [team, { role: null, scopes: new Set(scopes) }] as const,
  );
  return { role: null, scopes: new Set(own), overTeams: new Map(overTeams) };
}

describe('assertMayOver', () => {
  it.each<[string, Rights, string | null, boolean]>([
    ['the scope in the project', rights(['prompts:write']), 'a', true],
    ['the scope over the team', rights([], { a: ['prompts:write'] }), 'a', true],
    ['the scope over another team', rights([], { b: ['prompts:write'] }), 'a', false],
    ['the scope over a team, of a prompt that has none', rights([], { a: ['prompts:write'] }), null, false],
    ['another scope over the team', rights([], { a: ['prompts:read'] }), 'a', false],
    ['the scope in the project, and less over the team', rights(['prompts:write'], { a: [] }), 'a', true],
  ])('with %s', (_what, caller, team, isAllowed) => {
    const call = () => assertMayOver(caller, team, 'prompts:write');
    if (isAllowed) expect(call).not.toThrow();
    else expect(call).toThrow(new ForbiddenError(['prompts:write']));
  });
});

describe('assertMaySomewhere', () => {
  const both: Scope[] = ['prompts:read', 'prompts:write'];

  it.each<[string, Rights, Scope[]]>([
    ['all in the project', rights(both), []],
    ['the rest over one team', rights(['prompts:read'], { a: [], b: ['prompts:write'] }), []],
    ['the rest over no team', rights(['prompts:read'], { a: [] }), ['prompts:write']],
    ['one each over two teams', rights([], { a: ['prompts:read'], b: ['prompts:write'] }), both],
  ])('with %s lacks %j', (_what, caller, missing) => {
    const call = () => assertMaySomewhere(caller, both);
    if (missing.length === 0) expect(call).not.toThrow();
    else expect(call).toThrow(new ForbiddenError(missing));
  });
});
