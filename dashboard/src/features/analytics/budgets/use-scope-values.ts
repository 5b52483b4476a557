import type { BudgetScope } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { ledger } from '../../../api/ledger';
import { useMay } from '../../../api/use-session';

/** The most values that are suggested. Others can be typed all the same. */
const MOST = 200;

export interface ScopeValue {
  readonly value: string;
  /** A readable name for a value that is an id. */
  readonly name: string | null;
  /** Whether it is a revoked key, which a new budget would not limit. */
  readonly isOver: boolean;
}

const NONE: readonly ScopeValue[] = [];

/**
 * Lists teams, prompts or keys: those that exist, as far as the caller may list them, and otherwise those that ran.
 * @param scope `project` has none.
 */
export function useScopeValues(scope: BudgetScope): readonly ScopeValue[] {
  const mayListPrompts = useMay('prompts:read');
  const mayListTeams = useMay('members:write');
  const mayListKeys = useMay('keys:write');
  const { data = NONE } = useQuery({
    queryKey: ['budgets', 'values', scope],
    queryFn: ({ signal }) => {
      if (scope === 'prompt' && mayListPrompts) return listPrompts(signal);
      if (scope === 'owner_team') return listTeams(mayListTeams, signal);
      if (scope === 'api_key' && mayListKeys) return listKeys(signal);
      return listWhatRan(scope === 'project' ? 'prompt' : scope, signal);
    },
    enabled: scope !== 'project',
    staleTime: 60_000,
  });
  return data;
}

async function listPrompts(signal: AbortSignal): Promise<readonly ScopeValue[]> {
  const { prompts } = await ledger.prompts.list({ limit: MOST, sort: '-updated_at' }, { signal });
  return prompts.map(({ name }) => ({ value: name, name: null, isOver: false }));
}

/** Prompts may name an owner that is no team, so the owners of what ran are suggested too. */
async function listTeams(mayList: boolean, signal: AbortSignal): Promise<readonly ScopeValue[]> {
  const [made, ran] = await Promise.all([
    mayList ? ledger.teams.list({ limit: MOST }, { signal }).then(({ teams }) => teams) : [],
    listWhatRan('owner_team', signal),
  ]);
  const names = new Set([...made.map(({ name }) => name), ...ran.map(({ value }) => value)]);
  return [...names].map((value) => ({ value, name: null, isOver: false }));
}

async function listKeys(signal: AbortSignal): Promise<readonly ScopeValue[]> {
  const { keys } = await ledger.keys.list({ signal });
  return keys.map(({ key_id: value, name, revoked_at: revokedAt }) => ({
    value,
    name,
    isOver: revokedAt !== null,
  }));
}

async function listWhatRan(
  groupBy: 'prompt' | 'owner_team' | 'api_key',
  signal: AbortSignal,
): Promise<readonly ScopeValue[]> {
  const { groups } = await ledger.analytics.costs({ group_by: groupBy, limit: MOST }, { signal });
  return groups.flatMap(({ key, key_name: name = null }) =>
    key === null ? [] : [{ value: key, name, isOver: false }],
  );
}
