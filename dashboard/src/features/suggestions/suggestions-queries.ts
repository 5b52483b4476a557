import { queryOptions } from '@tanstack/react-query';
import { ledger } from '../../api/ledger';
import { queryClient } from '../../api/query-client';

/** Includes dismissed suggestions, so that they can be counted. */
export const suggestionsQuery = (name: string, version: number | undefined) =>
  queryOptions({
    queryKey: ['prompts', 'suggestions', name, version],
    queryFn: ({ signal }) =>
      ledger.suggestions.list(
        name,
        { include: 'dismissed', ...(version === undefined ? {} : { version_number: version }) },
        { signal },
      ),
    // Suggestions are computed each time, which takes a while.
    staleTime: 30_000,
  });

/** A version never changes except for its status. */
export const suggestedVersionQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: ['prompts', 'version', name, version],
    queryFn: ({ signal }) => ledger.versions.get(name, version, { signal }),
    staleTime: Infinity,
  });

export async function refreshPrompts(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['prompts'] });
}
