import { environmentManager, QueryClient } from '@tanstack/react-query';
import { PageReader, type PagesView } from './page-reader';

const PAGE = 10;

interface Row {
  readonly id: number;
}

interface Page {
  readonly rows: readonly Row[];
  readonly next_cursor: string | null;
}

/** A keyset list: newest first, where a cursor is the id of the last row of the previous page. */
class ListOnServer {
  readonly reads: (string | null)[] = [];
  /** While true, answers wait. */
  isHeld = false;
  failing: string | null | undefined = undefined;
  private waiting: (() => void)[] = [];

  constructor(public ids: readonly number[]) {}

  readonly read = async (cursor: string | null, signal: AbortSignal): Promise<Page> => {
    this.reads.push(cursor);
    if (this.isHeld) await new Promise<void>((resolve) => this.waiting.push(resolve));
    signal.throwIfAborted();
    if (this.failing === cursor) throw new Error(`No page ${cursor}`);
    const after = this.ids.filter((id) => cursor === null || id < Number(cursor));
    const rows = after.slice(0, PAGE).map((id) => ({ id }));
    return { rows, next_cursor: after.length > PAGE ? String(rows.at(-1)?.id) : null };
  };

  release(): void {
    this.isHeld = false;
    this.waiting.splice(0).forEach((resolve) => resolve());
  }
}

/** Returns the ids from one down to 1. */
const down = (from: number) => Array.from({ length: from }, (_, at) => from - at);

let client: QueryClient;
let views: PagesView<Row, number>[];
let leave: () => void;

beforeAll(() => environmentManager.setIsServer(() => false));
beforeEach(() => {
  client = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: 60_000, structuralSharing: false } },
  });
  views = [];
  leave = () => undefined;
});
afterEach(() => {
  leave();
  client.clear();
});

function open(server: ListOnServer, refetchInterval: number | false = false) {
  const reader = new PageReader<Row, Page, number>(client, {
    queryKey: ['rows'],
    read: server.read,
    itemsOf: ({ rows }) => rows,
    keep: ({ rows }) => rows[0]?.id ?? 0,
    refetchInterval,
  });
  leave = reader.subscribe(() => views.push(reader.getView()));
  return reader;
}

type Reader = ReturnType<typeof open>;

/** Resolves once the list looks as expected. */
async function until(reader: Reader, isSo: (view: PagesView<Row, number>) => boolean): Promise<void> {
  if (isSo(reader.getView())) return;
  await new Promise<void>((resolve) => {
    const stop = reader.subscribe(() => {
      if (!isSo(reader.getView())) return;
      stop();
      resolve();
    });
  });
}

/** Reads on until the given number of rows is known, with the last ones in sight, as scrolling does. */
async function scrollTo(reader: Reader, rows: number): Promise<void> {
  await until(reader, ({ items }) => items.length > 0);
  while (reader.getView().items.length < rows) {
    const { length } = reader.getView().items;
    await lookAt(reader, length - 4, length);
    reader.readOn();
    await until(reader, ({ items, hasNextPage }) => items.length > length || !hasNextPage);
  }
}

async function lookAt(reader: Reader, first: number, end: number): Promise<void> {
  reader.onSight(first, end);
  await until(reader, ({ items, error }) => {
    const rows = Array.from({ length: end - first }, (_, at) => items.at(first + at));
    return error !== null || rows.every((row) => row !== undefined);
  });
}

const idAt = (reader: Reader, index: number) => reader.getView().items.at(index)?.id;
const pagesInCache = () => client.getQueryCache().getAll().length;
/** Queries without observers are removed by a timer of 0 ms. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('a list that is scrolled', () => {
  it('has a handful of pages at hand, however far it was read', async () => {
    const server = new ListOnServer(down(400));
    const reader = open(server);
    await scrollTo(reader, 400);
    await turn();
    expect(reader.getView()).toMatchObject({ hasNextPage: false, isPending: false, error: null });
    expect(reader.getView().items.length).toBe(400);
    expect(idAt(reader, 399)).toBe(1);
    expect(idAt(reader, 200)).toBeUndefined();
    expect(server.reads).toHaveLength(40);
    // The pages around the end are kept, and the first one for the next visit.
    expect(pagesInCache()).toBeLessThanOrEqual(4);
    expect(reader.getView().kept).toEqual(Array.from({ length: 40 }, (_, page) => 400 - page * PAGE));
  });

  it('reads the pages again that come back into sight', async () => {
    const server = new ListOnServer(down(200));
    const reader = open(server);
    await scrollTo(reader, 200);
    server.reads.length = 0;
    await lookAt(reader, 95, 105);
    expect(idAt(reader, 95)).toBe(105);
    expect(idAt(reader, 104)).toBe(96);
    expect([...server.reads].sort()).toEqual(['101', '111', '121', '91']);
    await lookAt(reader, 0, 10);
    expect(idAt(reader, 0)).toBe(200);
  });

  it('does not read what somebody only passes', async () => {
    const server = new ListOnServer(down(400));
    const reader = open(server);
    await scrollTo(reader, 400);
    server.reads.length = 0;
    for (let first = 390; first >= 0; first -= 5) reader.onSight(first, first + 5);
    await until(reader, ({ items }) => items.at(0) !== undefined && items.at(15) !== undefined);
    expect(server.reads.length).toBeLessThan(10);
  });

  it('shows the first page at once to whoever comes back', async () => {
    const server = new ListOnServer(down(50));
    const reader = open(server);
    await scrollTo(reader, 50);
    leave();
    const again = open(server);
    expect(again.getView()).toMatchObject({ isPending: false, hasNextPage: true });
    expect(idAt(again, 0)).toBe(50);
    expect(again.getView().items.length).toBe(PAGE);
  });
});

describe('a list that changes', () => {
  it('moves all rows at once when new ones come, and repeats and leaves out none', async () => {
    const server = new ListOnServer(down(100));
    const reader = open(server);
    await scrollTo(reader, 50);
    await lookAt(reader, 0, 25);
    views.length = 0;
    server.ids = [103, 102, 101, ...server.ids];
    reader.refresh();
    await until(reader, ({ items }) => items.at(0)?.id === 103);
    for (const { items } of views) {
      const ids = Array.from({ length: 30 }, (_, index) => items.at(index)?.id);
      expect([down(100).slice(0, 30), down(103).slice(0, 30)]).toContainEqual(ids);
    }
    expect(reader.getView().items.length).toBe(50);
    // Later pages follow when they come into sight.
    await lookAt(reader, 30, 50);
    await until(reader, ({ items }) => items.at(49)?.id === 54);
  });

  it('ends where the rows behind are gone', async () => {
    const server = new ListOnServer(down(100));
    const reader = open(server);
    await scrollTo(reader, 50);
    await lookAt(reader, 0, 25);
    server.ids = down(100).slice(0, 13);
    reader.refresh();
    await until(reader, ({ items }) => items.length === 13);
    expect(reader.getView()).toMatchObject({ hasNextPage: false, error: null });
  });

  it('goes on when its last page has got more', async () => {
    const server = new ListOnServer(down(15));
    const reader = open(server);
    await scrollTo(reader, 15);
    expect(reader.getView().hasNextPage).toBe(false);
    server.ids = [...down(15), 0, -1, -2, -3, -4, -5, -6];
    await lookAt(reader, 5, 15);
    reader.refresh();
    await until(reader, ({ hasNextPage }) => hasNextPage);
    reader.readOn();
    await until(reader, ({ items }) => items.length === 22);
  });

  it('is read again at its interval, as far as it is in sight', async () => {
    const server = new ListOnServer(down(100));
    const reader = open(server, 5);
    await scrollTo(reader, 60);
    server.ids = server.ids.filter((id) => id !== 45);
    await until(reader, ({ items }) => items.at(55)?.id === 44);
  });

  it('begins anew when the cache is reset, as for another project', async () => {
    const server = new ListOnServer(down(100));
    const reader = open(server);
    await scrollTo(reader, 50);
    server.ids = down(7);
    await client.resetQueries();
    await until(reader, ({ items }) => items.length === 7);
    expect(idAt(reader, 0)).toBe(7);
    expect(reader.getView()).toMatchObject({ hasNextPage: false, kept: [7] });
  });
});

describe('a list that cannot be read', () => {
  it('says so, and shows it once it can', async () => {
    const server = new ListOnServer(down(5));
    server.failing = null;
    const reader = open(server);
    expect(reader.getView().isPending).toBe(true);
    await until(reader, ({ error }) => error !== null);
    expect(reader.getView()).toMatchObject({ isPending: false, items: { length: 0 } });
    server.failing = undefined;
    reader.retry();
    await until(reader, ({ items, error }) => items.length === 5 && error === null);
  });

  it('asks for its next page once, and again when somebody says so', async () => {
    const server = new ListOnServer(down(30));
    const reader = open(server);
    await scrollTo(reader, 10);
    server.failing = '21';
    reader.readOn();
    expect(reader.getView().isLoadingMore).toBe(true);
    await until(reader, ({ error }) => error !== null);
    reader.readOn();
    expect(server.reads.filter((cursor) => cursor === '21')).toHaveLength(1);
    expect(reader.getView()).toMatchObject({ items: { length: 10 }, isLoadingMore: false });
    server.failing = undefined;
    reader.retry();
    await until(reader, ({ items, error }) => items.length === 20 && error === null);
  });

  it('leaves the rows of one page blank, and shows those around it', async () => {
    const server = new ListOnServer(down(200));
    const reader = open(server);
    await scrollTo(reader, 200);
    server.failing = '101';
    await lookAt(reader, 95, 105);
    await until(reader, ({ items, error }) => error !== null && items.at(95) !== undefined);
    expect(idAt(reader, 99)).toBe(101);
    expect(idAt(reader, 100)).toBeUndefined();
    server.failing = undefined;
    reader.retry();
    await until(reader, ({ items, error }) => items.at(100)?.id === 100 && error === null);
  });

  it('lets go of a page that is passed while it is read', async () => {
    const server = new ListOnServer(down(200));
    const reader = open(server);
    await scrollTo(reader, 200);
    server.isHeld = true;
    reader.onSight(95, 105);
    expect(idAt(reader, 99)).toBeUndefined();
    server.release();
    await lookAt(reader, 190, 200);
    await turn();
    expect(idAt(reader, 99)).toBeUndefined();
    expect(pagesInCache()).toBeLessThanOrEqual(4);
  });
});
