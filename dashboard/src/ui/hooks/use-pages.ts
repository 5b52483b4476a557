import type { Cursor, Pages } from '@prompt-ledger/client';
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';

/** A list is read anew page after page. One that was scrolled further than this is read anew only when somebody asks for it. */
const MOST_PAGES_ANEW = 5;

interface Query {
  readonly state: { readonly data?: { readonly pages: readonly unknown[] } | undefined };
}

const isShort = ({ state: { data } }: Query) => (data?.pages.length ?? 0) <= MOST_PAGES_ANEW;

/** A list that comes in pages by cursor: all that was read so far, and a way to read on. */
export function usePages<Item, Page extends Cursor>(
  queryKey: QueryKey,
  list: (signal: AbortSignal) => Pages<Item, Page>,
  itemsOf: (page: Page) => readonly Item[],
  refetchInterval: number | false = false,
) {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => list(signal).page(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page) => page.next_cursor,
    refetchInterval: (query) => isShort(query) && refetchInterval,
    refetchOnWindowFocus: isShort,
    refetchOnReconnect: isShort,
  });
  const { data, hasNextPage, isFetchingNextPage, isError, fetchNextPage, refetch } = query;
  const items = useMemo(() => data?.pages.flatMap((page) => [...itemsOf(page)]) ?? [], [data, itemsOf]);
  const readOn = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage]);
  const retry = useCallback(
    () => void (hasNextPage ? fetchNextPage() : refetch()),
    [hasNextPage, fetchNextPage, refetch],
  );
  return {
    items,
    hasNextPage,
    readOn,
    retry,
    refresh: () => void refetch(),
    isPending: query.isPending,
    isLoadingMore: isFetchingNextPage,
    error: query.error,
  };
}
