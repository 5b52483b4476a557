import { queryOptions } from '@tanstack/react-query';
import { ledger } from '../../api/ledger';
import { queryClient } from '../../api/query-client';

export const snippetQuery = (name: string) =>
  queryOptions({
    queryKey: ['snippets', 'one', name],
    queryFn: ({ signal }) => ledger.snippets.get(name, { signal }),
  });

export const versionsQuery = (name: string) =>
  queryOptions({
    queryKey: ['snippets', 'versions', name],
    queryFn: ({ signal }) => ledger.snippets.versions(name, { signal }),
  });

export const versionQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: ['snippets', 'version', name, version],
    queryFn: ({ signal }) => ledger.snippets.version(name, version, { signal }),
  });

/** After a change, reads all shown snippets again. */
export async function refreshSnippets(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['snippets'] });
}

/** After a deletion, drops all that was read of the snippet, because its name may be given to another one. */
export function forgetSnippet(name: string): void {
  queryClient.removeQueries({ queryKey: ['snippets'], predicate: ({ queryKey }) => queryKey[2] === name });
  void queryClient.invalidateQueries({ queryKey: ['snippets', 'list'] });
}
