import type { Cursor } from '@prompt-ledger/client';
import { type QueryClient, type QueryKey, QueryObserver } from '@tanstack/react-query';
import { EMPTY, hasMore, type Outline, pagesAround, writeDown } from './outline';
import type { Rows, Span } from './rows';

/** Dragging the scroll bar passes hundreds of pages a second. They are not read, because they would count against the API's limits. */
const LOOK_MS = 100;

export interface PageSource<Item, Page extends Cursor, Kept> {
  readonly queryKey: QueryKey;
  readonly read: (cursor: string | null, signal: AbortSignal) => Promise<Page>;
  readonly itemsOf: (page: Page) => readonly Item[];
  /** Returns what to keep of a page when its rows are dropped. */
  readonly keep: (page: Page) => Kept;
  readonly refetchInterval: number | false;
}

/** A list as a screen sees it. */
export interface PagesView<Item, Kept> {
  /** All known rows, of which those around the rows in sight are in memory. */
  readonly items: Rows<Item>;
  /** The kept facts of each page that was read, in order. */
  readonly kept: readonly Kept[];
  readonly hasNextPage: boolean;
  readonly isPending: boolean;
  readonly isLoadingMore: boolean;
  /** The error of a page that could not be read. */
  readonly error: unknown;
}

interface OpenPage<Page> {
  readonly cursor: string | null;
  readonly observer: QueryObserver<Page>;
  readonly close: () => void;
  /** The data that the outline was last updated from. */
  written: Page | undefined;
}

/**
 * Reads a list page by page. Each page is its own query. The pages around the rows in sight are open, so they are refreshed as any
 * query is. The others are dropped at once, because with any delay a fast scroller would fill the memory. Only their
 * cursor, their length, and what the screen keeps remain.
 */
export class PageReader<Item, Page extends Cursor, Kept> {
  private outline: Outline<Kept> = EMPTY;
  private sight: Span = { first: 0, end: 0 };
  private looked: Span = this.sight;
  private lookTimer: ReturnType<typeof setTimeout> | null = null;
  /** The index of the next page to read after the last one. */
  private wanted = 0;
  private readonly open = new Map<number, OpenPage<Page>>();
  private shown = new Map<number, readonly Item[]>();
  private isSettling = false;
  private readonly listeners = new Set<() => void>();
  private view: PagesView<Item, Kept>;

  constructor(
    private readonly client: QueryClient,
    private readonly source: PageSource<Item, Page, Kept>,
  ) {
    // A cached first page is shown at once.
    const first = client.getQueryData<Page>(this.keyOf(null));
    if (first !== undefined) {
      this.write(0, null, first);
      this.shown.set(0, source.itemsOf(first));
    }
    this.view = this.look();
  }

  readonly getView = (): PagesView<Item, Kept> => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.settle();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      this.closeAll();
      if (this.lookTimer !== null) clearTimeout(this.lookTimer);
      this.lookTimer = null;
    };
  };

  /** Reports which rows are in sight. */
  readonly onSight = (first: number, end: number): void => {
    this.looked = { first, end };
    if (this.lookTimer === null) this.follow();
  };

  /** Reads the page after the last one. */
  readonly readOn = (): void => {
    if (!hasMore(this.outline) || this.wanted === this.outline.marks.length) return;
    this.wanted = this.outline.marks.length;
    // Otherwise the page would be dropped as soon as it arrives.
    this.sight = this.looked;
    this.settle();
  };

  /** Retries failed reads. */
  readonly retry = (): void => {
    for (const { observer } of [...this.open.values()])
      if (observer.getCurrentResult().error !== null) void observer.refetch();
  };

  /** Reads the pages around the rows in sight again. */
  readonly refresh = (): void => {
    for (const { observer } of [...this.open.values()]) void observer.refetch();
  };

  private readonly follow = (): void => {
    this.lookTimer = null;
    const before = pagesAround(this.outline.marks, this.sight);
    this.sight = this.looked;
    const { first, end } = pagesAround(this.outline.marks, this.sight);
    if (this.listeners.size === 0 || (first === before.first && end === before.end)) return;
    this.lookTimer = setTimeout(this.follow, LOOK_MS);
    this.settle();
  };

  /** Opens and drops pages until what was read requires no other, and then notifies the screen. */
  private readonly settle = (): void => {
    // Pages that open and close cause notifications themselves.
    if (this.isSettling || this.listeners.size === 0) return;
    this.isSettling = true;
    do this.openPages();
    while (this.takeIn());
    this.isSettling = false;
    this.view = this.look();
    for (const listener of [...this.listeners]) listener();
  };

  private openPages(): void {
    const { marks, next } = this.outline;
    const { first, end } = pagesAround(marks, this.sight);
    const cursors = new Map<number, string | null>();
    for (let index = first; index < end; index += 1) cursors.set(index, marks[index]?.cursor ?? null);
    if (this.wanted === marks.length && hasMore(this.outline)) cursors.set(marks.length, next);
    for (const [index, { cursor, close }] of [...this.open]) {
      if (cursors.get(index) === cursor) continue;
      close();
      this.open.delete(index);
    }
    for (const [index, cursor] of cursors)
      if (!this.open.has(index)) this.open.set(index, this.openPage(cursor));
  }

  private openPage(cursor: string | null): OpenPage<Page> {
    const { read, refetchInterval } = this.source;
    const observer = new QueryObserver<Page>(this.client, {
      queryKey: this.keyOf(cursor),
      queryFn: ({ signal }) => read(cursor, signal),
      refetchInterval,
      notifyOnChangeProps: ['data', 'error', 'status'],
      // The first page stays cached, so that a list that is opened again shows it at once.
      ...(cursor === null ? {} : { gcTime: 0 }),
    });
    return { cursor, observer, close: observer.subscribe(this.settle), written: undefined };
  }

  /** Records what was read. @returns whether that requires other pages. */
  private takeIn(): boolean {
    const before = this.outline;
    for (const [index, page] of this.open) {
      const { data } = page.observer.getCurrentResult();
      if (data === page.written) continue;
      if (data === undefined) {
        this.beginAnew();
        return true;
      }
      page.written = data;
      this.write(index, page.cursor, data);
    }
    return this.outline !== before;
  }

  /** Starts over when a query loses its data, because the cache was reset for another project or person. */
  private beginAnew(): void {
    this.outline = EMPTY;
    this.wanted = 0;
    this.shown.clear();
    for (const page of this.open.values()) page.written = undefined;
  }

  private write(index: number, cursor: string | null, page: Page): void {
    const { itemsOf, keep } = this.source;
    const read = { cursor, length: itemsOf(page).length, kept: keep(page), next: page.next_cursor };
    this.outline = writeDown(this.outline, index, read);
  }

  private look(): PagesView<Item, Kept> {
    const { marks } = this.outline;
    const results = [...this.open].map(([index, { observer }]) => {
      const { data, error, isPending } = observer.getCurrentResult();
      return { index, items: data === undefined ? undefined : this.source.itemsOf(data), error, isPending };
    });
    const known = results.filter(({ index }) => index < marks.length);
    // Added or removed rows shift those of every later page. All pages change together, so that rows do not jump back and forth.
    const isSettled = known.every(({ items, error }) => items !== undefined || error !== null);
    if (this.listeners.size > 0) {
      const former = this.shown;
      this.shown = new Map();
      for (const { index, items } of known) {
        const rows = isSettled ? (items ?? former.get(index)) : (former.get(index) ?? items);
        if (rows !== undefined) this.shown.set(index, rows);
      }
    }
    return {
      items: this.rows(),
      kept: marks.map(({ kept }) => kept),
      hasNextPage: marks.length > 0 && hasMore(this.outline),
      isPending: marks.length === 0 && results.every(({ error }) => error === null),
      isLoadingMore:
        marks.length > 0 && results.some(({ index, isPending }) => index >= marks.length && isPending),
      error: results.find(({ error }) => error !== null)?.error ?? null,
    };
  }

  private rows(): Rows<Item> {
    const held: { readonly start: number; readonly items: readonly Item[] }[] = [];
    let length = 0;
    for (const [index, mark] of this.outline.marks.entries()) {
      const items = this.shown.get(index);
      if (items !== undefined) held.push({ start: length, items });
      length += items?.length ?? mark.length;
    }
    return {
      length,
      at: (index) => {
        const page = held.find(({ start, items }) => index >= start && index < start + items.length);
        return page?.items[index - page.start];
      },
    };
  }

  private keyOf(cursor: string | null): QueryKey {
    return [...this.source.queryKey, { page: cursor }];
  }

  private closeAll(): void {
    for (const { close } of this.open.values()) close();
    this.open.clear();
  }
}
