/** One page as the wire has it, told apart by the name of its list. */
export interface Cursor {
  /** Null on the last page. */
  readonly next_cursor: string | null;
}

/**
 * A list that comes in pages. `await` gives the first page; `for await` gives every item of all pages, each page fetched
 * when the one before is used up. Nothing is sent before either.
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

  /** One page. @param cursor `next_cursor` of the page before; null for the first. */
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

  /** Every item of all pages, in memory. */
  async all(): Promise<Item[]> {
    const items: Item[] = [];
    for await (const item of this) items.push(item);
    return items;
  }
}
