import { readUnitKey } from './read-unit-key.js';
import { toVendorParams } from './sent-vendor-params.js';

describe('readUnitKey', () => {
  it.each([
    [{}, null],
    [{ user: 'a' }, 'a'],
    [{ user: 'a', metadata: { other: 'b' } }, 'a'],
    [{ user: 'a', metadata: null }, 'a'],
    [{ user: 'a', metadata: { unit_key: 'b' } }, 'b'],
    [{ metadata: { unit_key: 'b' } }, 'b'],
    [{ metadata: { unit_key: null } }, null],
    [{ metadata: { unit_key: 'x'.repeat(255) } }, 'x'.repeat(255)],
  ])('reads %j', (body, expected) => {
    expect(readUnitKey(body)).toBe(expected);
  });

  it.each([[''], ['x'.repeat(256)], [7], [{}], [['a']], [true]])('refuses %j', (key) => {
    expect(() => readUnitKey({ metadata: { unit_key: key } })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED' }) as Error,
    );
  });
});

it('keeps the key from the vendor, and from what is stored', () => {
  expect(toVendorParams({ model: 'm', metadata: { unit_key: 'b', other: 'c' } })).toEqual({
    metadata: { other: 'c' },
  });
  expect(toVendorParams({ model: 'm', metadata: { unit_key: 'b' } })).toBeNull();
});
