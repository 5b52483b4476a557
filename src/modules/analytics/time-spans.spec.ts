import fc from 'fast-check';
import { splitSpan, type TimeSpan } from './time-spans.js';

const at = (time: string) => Date.parse(time);
const span = (start: string, end: string) => ({ startMs: at(start), endMs: at(end) });
const OPEN = { startMs: -Infinity, endMs: Infinity };

describe('a span of time', () => {
  it('is days, the hours beside them, and two edges', () => {
    expect(splitSpan(span('2026-01-01T21:30:00Z', '2026-01-05T02:00:00.001Z'))).toEqual({
      days: [span('2026-01-02T00:00:00Z', '2026-01-05T00:00:00Z')],
      hours: [
        span('2026-01-01T22:00:00Z', '2026-01-02T00:00:00Z'),
        span('2026-01-05T00:00:00Z', '2026-01-05T02:00:00Z'),
      ],
      wholeHours: [span('2026-01-01T22:00:00Z', '2026-01-05T02:00:00Z')],
      edges: [
        span('2026-01-01T21:30:00Z', '2026-01-01T22:00:00Z'),
        span('2026-01-05T02:00:00Z', '2026-01-05T02:00:00.001Z'),
      ],
    });
  });

  it.each([
    ['within an hour', '2026-01-01T10:10:00Z', '2026-01-01T10:50:00Z'],
    ['over the turn of an hour', '2026-01-01T10:10:00Z', '2026-01-01T11:50:00Z'],
  ])('%s is one edge', (_where, start, end) => {
    const edges = [span(start, end)];
    expect(splitSpan(span(start, end))).toEqual({ days: [], hours: [], wholeHours: [], edges });
  });

  it('without an end is days without an end', () => {
    const all = { days: [OPEN], hours: [], wholeHours: [OPEN], edges: [] };
    expect(splitSpan(OPEN)).toEqual(all);
    expect(splitSpan({ startMs: at('2026-01-01T00:00:00Z'), endMs: Infinity })).toMatchObject({
      days: [{ startMs: at('2026-01-01T00:00:00Z'), endMs: Infinity }],
      hours: [],
      edges: [],
    });
  });

  it('that is empty has no parts', () => {
    const none = { days: [], hours: [], wholeHours: [], edges: [] };
    expect(splitSpan(span('2026-01-01T10:10:00Z', '2026-01-01T10:10:00Z'))).toEqual(none);
    expect(splitSpan(span('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'))).toEqual(none);
  });

  it('has each moment in exactly one part, and only whole hours and days where it says so', () => {
    const moment = fc.integer({ min: -200_000_000, max: 200_000_000 });
    fc.assert(
      fc.property(moment, moment, moment, (one, other, asked) => {
        const whole = { startMs: Math.min(one, other), endMs: Math.max(one, other) };
        const { days, hours, wholeHours, edges } = splitSpan(whole);
        const holding = (spans: readonly TimeSpan[]) =>
          spans.filter(({ startMs, endMs }) => startMs <= asked && asked < endMs).length;
        expect(holding([...days, ...hours, ...edges])).toBe(holding([whole]));
        expect(holding(wholeHours)).toBe(holding([...days, ...hours]));
        expect(
          days.flatMap(({ startMs, endMs }) => [startMs, endMs]).every((ms) => ms % 86_400_000 === 0),
        ).toBe(true);
        expect(
          hours.flatMap(({ startMs, endMs }) => [startMs, endMs]).every((ms) => ms % 3_600_000 === 0),
        ).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
