import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { UnitKeyHasher } from './unit-key-hasher.js';

describe('UnitKeyHasher', () => {
  it('is stable, and differs between projects, secrets and keys', () => {
    const hash = (secret: string, project: string, key: string) =>
      new UnitKeyHasher(secret).hash(project, key);
    const base = hash('secret', 'p', 'user-1');
    expect(base).toBe('20d32ab151f9114fb13b83abcaee85d6d62571f582d264d483978a3e81015b0d');
    expect(hash('secret', 'p', 'user-1')).toBe(base);
    const others = [
      hash('other', 'p', 'user-1'),
      hash('secret', 'q', 'user-1'),
      hash('secret', 'p', 'user-2'),
    ];
    expect(new Set([base, ...others]).size).toBe(4);
    expect(hash('secret', 'p', 'u","x')).not.toBe(hash('secret', 'p","u', 'x'));
    expect(base).not.toContain(createHash('sha256').update('user-1').digest('hex'));
  });

  it('answers the same from memory, whatever was hashed between', () => {
    const hasher = new UnitKeyHasher('secret');
    const plain = (project: string, key: string) =>
      createHmac('sha256', 'secret')
        .update(JSON.stringify(['prompt-ledger/unit-key/1', project, key]))
        .digest('hex');
    const parts = fc.tuple(fc.constantFrom('p', 'q', 'p","'), fc.string({ unit: 'binary', minLength: 1 }));
    fc.assert(
      fc.property(parts, ([project, key]) => {
        for (let nth = 0; nth < 2; nth += 1) expect(hasher.hash(project, key)).toBe(plain(project, key));
      }),
    );
  });

  it('goes on after more keys than it remembers', () => {
    const hasher = new UnitKeyHasher('secret');
    const first = hasher.hash('p', 'user-0');
    for (let nth = 1; nth <= 10_001; nth += 1) hasher.hash('p', `user-${nth}`);
    expect(hasher.hash('p', 'user-0')).toBe(first);
  });
});
