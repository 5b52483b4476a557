import { type QueryKey, useQuery } from '@tanstack/react-query';
import type { Listed } from '../list';

/** Adapts a list that arrives in one answer to the shape of a paged one. */
export function useWhole<Row>(
  queryKey: QueryKey,
  read: (signal: AbortSignal) => PromiseLike<readonly Row[]>,
): Listed<Row> & { readonly items: readonly Row[] } {
  const { data, isPending, error, refetch } = useQuery({
    queryKey,
    queryFn: async ({ signal }) => read(signal),
  });
  return { items: data ?? [], isPending, error, retry: () => void refetch() };
}
