import { queryOptions } from '@tanstack/react-query';
import { ledger } from '../../api/ledger';
import { queryClient } from '../../api/query-client';

export const promptQuery = (name: string) =>
  queryOptions({
    queryKey: ['prompts', 'one', name],
    queryFn: ({ signal }) => ledger.prompts.get(name, { signal, headers: { 'cache-control': 'no-cache' } }),
  });

export const versionsQuery = (name: string) =>
  queryOptions({
    queryKey: ['prompts', 'versions', name],
    queryFn: ({ signal }) => ledger.versions.list(name, { signal }),
  });

/** A version never changes except for its status, which the list of versions shows. */
export const versionQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: ['prompts', 'version', name, version],
    queryFn: ({ signal }) => ledger.versions.get(name, version, { signal }),
    staleTime: Infinity,
  });

export const pointersQuery = (name: string) =>
  queryOptions({
    queryKey: ['prompts', 'pointers', name],
    queryFn: async ({ signal }) => (await ledger.environments.of(name, { signal })).environments,
  });

export const environmentsQuery = () =>
  queryOptions({
    queryKey: ['environments'],
    queryFn: async ({ signal }) => (await ledger.environments.list({ signal })).environments,
  });

/** After a change, reads all shown prompts and changes again. */
export async function refreshPrompts(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['prompts'] }),
    queryClient.invalidateQueries({ queryKey: ['changes'] }),
  ]);
}
