import type { Cursor, Pages } from '@prompt-ledger/client';
import { hashKey, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useMemo, useSyncExternalStore } from 'react';
import { PageReader } from '../pages/page-reader';

type ListPages<Item, Page extends Cursor> = (signal: AbortSignal) => Pages<Item, Page>;

const keepNothing = () => null;

/**
 * Reads a list in pages by cursor. Only the pages around the rows in sight are in memory, so the caller says which rows
 * those are, and reads on at the end.
 */
export function usePages<Item, Page extends Cursor>(
  queryKey: QueryKey,
  list: ListPages<Item, Page>,
  itemsOf: (page: Page) => readonly Item[],
  refetchInterval: number | false = false,
) {
  return useKeptPages<Item, Page, null>(queryKey, list, itemsOf, keepNothing, refetchInterval);
}

/**
 * Does the same as `usePages` for a screen that shows facts of the whole list.
 *
 * @param keep returns what to keep of a page when its rows are dropped.
 */
export function useKeptPages<Item, Page extends Cursor, Kept>(
  queryKey: QueryKey,
  list: ListPages<Item, Page>,
  itemsOf: (page: Page) => readonly Item[],
  keep: (page: Page) => Kept,
  refetchInterval: number | false = false,
) {
  const client = useQueryClient();
  // The key contains everything that the list depends on.
  const reader = useMemo(() => {
    const read = async (cursor: string | null, signal: AbortSignal) => list(signal).page(cursor);
    return new PageReader<Item, Page, Kept>(client, { queryKey, read, itemsOf, keep, refetchInterval });
  }, [client, hashKey(queryKey)]);
  const view = useSyncExternalStore(reader.subscribe, reader.getView);
  const { onSight, readOn, retry, refresh } = reader;
  return { ...view, onSight, readOn, retry, refresh };
}
