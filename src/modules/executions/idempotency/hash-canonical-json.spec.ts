import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { hashCanonicalJson } from './hash-canonical-json.js';
import { finish, ValidationError } from '../../../kernel/index.js';

const hashOf = (value: unknown): string => finish(hashCanonicalJson(value)).toString('hex');
const expected = (value: unknown): string =>
  createHash('sha256')
    .update(canonicalize(value) ?? '')
    .digest('hex');

/** The first position at which a long string is cut. */
const CUT = 16 * 1024;

describe('hashCanonicalJson', () => {
  it('is the SHA-256 of the RFC 8785 JSON', () => {
    const value = fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' });
    fc.assert(
      fc.property(value, (json) => {
        expect(hashOf(json)).toBe(expected(json));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['a long string', 'é"\\'.repeat(50_000)],
    ['pairs at every place where it may be cut', ['😀'.repeat(40_000), `a${'😀'.repeat(40_000)}`]],
    ['a pair before the first cut', `${'a'.repeat(CUT - 2)}😀${'a'.repeat(80_000)}`],
    ['a pair over the first cut', `${'a'.repeat(CUT - 1)}😀${'a'.repeat(80_000)}`],
    ['a pair behind the first cut', `${'a'.repeat(CUT)}😀${'a'.repeat(80_000)}`],
    ['many small arrays', Array.from({ length: 50_000 }, () => [])],
    ['many keys', Object.fromEntries(Array.from({ length: 9_000 }, (_, nth) => [`k${nth}`, { nth }]))],
  ])('is that of %s, in many steps', (_what, value) => {
    const steps = hashCanonicalJson({ value });
    let count = 0;
    let result = steps.next();
    for (; result.done !== true; result = steps.next()) count += 1;
    expect(result.value.toString('hex')).toBe(expected({ value }));
    expect(count).toBeGreaterThan(4);
  });

  it('is made at once where there is little', () => {
    expect(hashCanonicalJson({ a: ['b', 1, null] }).next().done).toBe(true);
  });

  it('refuses what RFC 8785 has no text for', () => {
    const hash = () => hashOf({ a: [JSON.parse('1e400')] });
    expect(hash).toThrow(ValidationError);
    expect(hash).toThrow(
      expect.objectContaining({
        message: 'Send numbers that fit into a double.',
        errors: [{ pointer: '', message: 'holds a number that is not finite' }],
      }) as Error,
    );
  });
});
