import { parseRetryAfterMs } from './retry-after.js';

describe('parseRetryAfterMs', () => {
  const date = 'Wed, 21 Oct 2026 07:28:00 GMT';

  it.each([
    ['2', 2000],
    ['0', 0],
    [' 3 ', 3000],
    ['1.5', 1500],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
    ['Wednesday, 21-Oct-26 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2026 07:00:00 GMT', 0],
    ['2026-10-21T07:28:30Z', 30_000],
    ['-1', null],
    ['1e3', null],
    ['0x10', null],
    ['Infinity', null],
    ['in 5', null],
    ['5 apples', null],
    ['2, 3', null],
    ['1.2.3', null],
    ['Wed, 99 Oct 2026 07:28:30 GMT', null],
    ['soon', null],
    ['', null],
    [null, null],
  ])('reads %p as %p ms', (value, expected) => {
    expect(parseRetryAfterMs(value, date)).toBe(expected);
  });

  it.each([null, 'yesterday', '7'])('goes by our own clock where the date of the answer is %p', (none) => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    const waitMs = parseRetryAfterMs(inAnHour, none) ?? 0;
    expect(waitMs).toBeGreaterThan(3_500_000);
    expect(waitMs).toBeLessThanOrEqual(3_600_000);
  });
});
