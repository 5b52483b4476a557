import { EMPTY, hasMore, type Outline, pagesAround, writeDown } from './outline';

const page = (cursor: string | null, next: string | null, length = 3) => ({
  cursor,
  next,
  length,
  kept: `from ${cursor}`,
});
/** Three pages of three rows, with more to come. */
const three = ['a', 'b', 'c'].reduce<Outline<string>>(
  (outline, next, index) =>
    writeDown(outline, index, page(index === 0 ? null : (['a', 'b'][index - 1] ?? null), next)),
  EMPTY,
);
const cursorsOf = ({ marks }: Outline<string>) => marks.map(({ cursor }) => cursor);

describe('the outline of a list', () => {
  it('grows by the page after the last one, until there is no more', () => {
    expect(hasMore(EMPTY)).toBe(true);
    expect(cursorsOf(three)).toEqual([null, 'a', 'b']);
    expect(hasMore(three)).toBe(true);
    const whole = writeDown(three, 3, page('c', null, 1));
    expect(whole.marks.map(({ length }) => length)).toEqual([3, 3, 3, 1]);
    expect(hasMore(whole)).toBe(false);
  });

  it('stays the same when a page is read again and nothing has changed', () => {
    expect(writeDown(three, 1, page('a', 'b'))).toBe(three);
    expect(writeDown(three, 2, page('b', 'c'))).toBe(three);
  });

  it('reads the next page by its new cursor once a page ends elsewhere, and leaves those behind it', () => {
    const moved = writeDown(three, 0, page(null, 'a2'));
    expect(cursorsOf(moved)).toEqual([null, 'a2', 'b']);
    expect(moved.next).toBe('c');
    expect(moved.marks.map(({ length }) => length)).toEqual([3, 3, 3]);
    expect(cursorsOf(writeDown(moved, 1, page('a2', 'b2')))).toEqual([null, 'a2', 'b2']);
    expect(writeDown(three, 2, page('b', 'c2')).next).toBe('c2');
  });

  it('ends where a page has become the last one', () => {
    const shorter = writeDown(three, 1, page('a', null, 2));
    expect(cursorsOf(shorter)).toEqual([null, 'a']);
    expect(hasMore(shorter)).toBe(false);
  });

  it('goes on where the last page has got a successor', () => {
    const whole = writeDown(three, 2, page('b', null, 1));
    expect(hasMore(whole)).toBe(false);
    const longer = writeDown(whole, 2, page('b', 'c', 3));
    expect(longer).toMatchObject({ next: 'c', marks: [{ length: 3 }, { length: 3 }, { length: 3 }] });
  });

  it('takes no page by a cursor that another one has replaced', () => {
    const moved = writeDown(three, 0, page(null, 'a2'));
    expect(writeDown(moved, 1, page('a', 'b'))).toBe(moved);
    expect(writeDown(three, 3, page('b', 'd'))).toBe(three);
    expect(writeDown(three, 4, page('c', 'd'))).toBe(three);
  });

  it('keeps of each page what was made of it when it was last read', () => {
    const again = writeDown(three, 1, { ...page('a', 'b'), kept: 'new' });
    expect(again.marks.map(({ kept }) => kept)).toEqual(['from null', 'new', 'from b']);
  });
});

describe('the pages around what is in sight', () => {
  const marks = Array.from({ length: 10 }, (_, index) => ({
    cursor: index === 0 ? null : String(index),
    length: 100,
    kept: null,
  }));

  it.each([
    ['the beginning', 0, 0, 0, 1],
    ['rows of the first page', 0, 60, 0, 2],
    ['rows of one page', 510, 560, 4, 7],
    ['rows of two pages', 590, 610, 4, 8],
    ['exactly one page', 500, 600, 4, 7],
    ['the end', 960, 1_000, 8, 10],
    ['beyond the end', 5_000, 5_050, 8, 10],
  ])('of %s', (_, first, end, from, to) => {
    expect(pagesAround(marks, { first, end })).toEqual({ first: from, end: to });
  });

  it('are none of a list that was not read', () => {
    expect(pagesAround([], { first: 0, end: 60 })).toEqual({ first: 0, end: 0 });
  });

  it('are found among pages of different lengths', () => {
    const uneven = [3, 0, 50, 1].map((length, index) => ({ cursor: String(index), length, kept: null }));
    expect(pagesAround(uneven, { first: 10, end: 20 })).toEqual({ first: 1, end: 4 });
  });
});
