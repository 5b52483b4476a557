/** One page as on the wire. The name of its list differs between routes. */
export interface Cursor {
  /** Null on the last page. */
  readonly next_cursor: string | null;
}

/**
 * A paginated list. `await` gives the first page; `for await` iterates over the items of all pages and fetches each page when the previous
 * one is used up. Nothing is sent before either.
 */
export class Pages<Item, Page extends Cursor> implements PromiseLike<Page>, AsyncIterable<Item> {
  constructor(
    private readonly fetchPage: (cursor: string | undefined) => Promise<Page>,
    private readonly itemsOf: (page: Page) => readonly Item[],
  ) {}

  then<A = Page, B = never>(
    onPage?: ((page: Page) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.fetchPage(undefined).then(onPage, onError);
  }

  /** Fetches one page. @param cursor the `next_cursor` of the previous page; null for the first. */
  page(cursor: string | null): Promise<Page> {
    return this.fetchPage(cursor ?? undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.pages()) yield* this.itemsOf(page);
  }

  async *pages(): AsyncGenerator<Page, void, undefined> {
    let cursor: string | undefined;
    do {
      const page: Page = await this.fetchPage(cursor);
      yield page;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** Fetches every item of all pages into memory. */
  async all(): Promise<Item[]> {
    const items: Item[] = [];
    for await (const item of this) items.push(item);
    return items;
  }
}
