import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { ResponseCollector, type CollectedResponse } from './response-collector.js';

function collect(maxBytes: number, deltas: readonly string[]): CollectedResponse {
  const collector = new ResponseCollector(maxBytes);
  for (const delta of deltas) collector.add(delta);
  return collector.finish();
}

describe('ResponseCollector', () => {
  it('keeps what fits exactly', () => {
    expect(collect(6, ['ééé'])).toMatchObject({ text: 'ééé', truncated: false, totalBytes: 6 });
  });

  it('cuts before a character that does not fit, and keeps nothing behind the cut', () => {
    expect(collect(5, ['éé', 'é', 'a'])).toMatchObject({ text: 'éé', truncated: true, totalBytes: 7 });
    expect(collect(3, ['👋'])).toMatchObject({ text: '', truncated: true, totalBytes: 4 });
  });

  it('joins a character whose halves come in two deltas', () => {
    expect(collect(10, ['a\ud83d', '\udc4bb'])).toMatchObject({ text: 'a👋b', totalBytes: 6 });
  });

  it('stores what it hashes when half a character is all that comes', () => {
    const { text, sha256 } = collect(10, ['a\ud83d']);
    expect(text).toBe('a\ufffd');
    expect(sha256).toBe(createHash('sha256').update('a\ufffd').digest('hex'));
  });

  it('stores and hashes NUL as U+FFFD, for no database text can hold it', () => {
    const { text, sha256 } = collect(10, ['a\0b']);
    expect(text).toBe('a\ufffdb');
    expect(sha256).toBe(createHash('sha256').update('a\ufffdb').digest('hex'));
  });

  it('gives back what it stores, and leaves out half a character when told to', () => {
    const collector = new ResponseCollector(100);
    expect([collector.add('a\0\ud83d'), collector.add('\udc4b'), collector.add('\ud83d')]).toEqual([
      'a\ufffd',
      '👋',
      '',
    ]);
    collector.dropHalf();
    expect(collector.finish().text).toBe('a\ufffd👋');
  });

  it('gives the same for any division into deltas', () => {
    const textAndCuts = fc.tuple(fc.string({ unit: 'binary' }), fc.array(fc.nat(50)), fc.nat(60));
    fc.assert(
      fc.property(textAndCuts, ([generated, cuts, maxBytes]) => {
        const text = generated.replaceAll('\0', '');
        const places = [
          0,
          ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b),
          text.length,
        ];
        const deltas = places.slice(1).map((end, index) => text.slice(places[index], end));
        const divided = collect(maxBytes, deltas);
        expect(divided).toEqual(collect(maxBytes, [text]));
        expect(Buffer.byteLength(divided.text)).toBeLessThanOrEqual(maxBytes);
        expect(text.startsWith(divided.text)).toBe(true);
        expect(divided.sha256).toBe(createHash('sha256').update(text).digest('hex'));
      }),
    );
  });
});
