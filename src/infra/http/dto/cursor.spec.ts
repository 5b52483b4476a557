import fc from 'fast-check';
import { ValidationError } from '../../../kernel/index.js';
import { decodeCursor, decodeIdCursor, encodeCursor } from './cursor.js';

const parseName = (position: unknown) =>
  Array.isArray(position) && typeof position[0] === 'string' ? position[0] : null;

describe('a cursor', () => {
  it('comes back as it went, and fits into a URL', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 50 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(name, (text) => {
        const cursor = encodeCursor([text]);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(decodeCursor(cursor, parseName)).toBe(text);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['garbage', '!!!'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['another position', encodeCursor({ id: 1 })],
    ['a NUL character', encodeCursor(['a\0'])],
    ['a tower', encodeCursor([[[[[[['x']]]]]]])],
    ['a very long one', encodeCursor(['x'.repeat(2000)])],
  ])('is refused when it is %s', (_name, cursor) => {
    expect(() => decodeCursor(cursor, parseName)).toThrow(ValidationError);
  });
});

describe('the cursor of an id', () => {
  const ID = '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10';

  it('comes back as it went, and is none for the first page', () => {
    expect(decodeIdCursor(encodeCursor(ID))).toBe(ID);
    expect(decodeIdCursor(undefined)).toBeUndefined();
  });

  it.each([['a name'], [1], [[ID]]])('is refused when it is that of %j', (position) => {
    expect(() => decodeIdCursor(encodeCursor(position))).toThrow(ValidationError);
  });
});
