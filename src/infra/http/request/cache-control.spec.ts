import { asksForFresh } from './cache-control.js';

describe('asksForFresh', () => {
  it.each(['no-cache', 'No-Cache', 'max-age=0, no-cache', 'no-cache,no-store'])('hears %j', (header) => {
    expect(asksForFresh(header)).toBe(true);
  });

  it.each([undefined, '', 'max-age=0', 'x-no-cache', 'no-cached'])('does not hear it in %j', (header) => {
    expect(asksForFresh(header)).toBe(false);
  });
});
