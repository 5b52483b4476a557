import { useQuery } from '@tanstack/react-query';
import { ledger } from '../../api/ledger';
import { useMay, useTeamsWith } from '../../api/use-session';

/** Whether the caller may write rollouts at all: in the project, or for the prompts of a team. */
export function useMayRollOut(): boolean {
  const mayInProject = useMay('rollouts:write');
  return useTeamsWith('rollouts:write').length > 0 || mayInProject;
}

/** Returns what the caller may do about rollouts of this prompt. Members of the team that owns it may do more. */
export function useMayWithPrompt(name: string): { readonly mayWrite: boolean; readonly mayAsk: boolean } {
  const { data } = useQuery({
    queryKey: ['prompts', 'owner', name],
    queryFn: ({ signal }) => ledger.prompts.get(name, { signal }),
  });
  const team = data?.owner_team ?? null;
  return { mayWrite: useMay('rollouts:write', team), mayAsk: useMay('changes:write', team) };
}
