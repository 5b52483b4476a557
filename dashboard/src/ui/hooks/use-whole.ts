import { type QueryKey, useQuery } from '@tanstack/react-query';
import type { Listed } from '../list';

/** A list that comes in one answer, in the shape of one that comes in pages. */
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
