import { drawSequence, fitChart, percent } from './draw-sequence.js';

const NOTHING = { estimate: null, low: null, high: null };

describe('drawSequence', () => {
  it('draws bounds that close in on an effect below 0', () => {
    const points = [4, 2, 1, 0.5].map((width) => ({
      estimate: -0.1,
      low: -0.1 - width / 10,
      high: -0.1 + width / 10,
    }));
    expect(drawSequence([NOTHING, ...points], { width: 20, height: 5 })).toEqual([
      '    0 % ┤│││─',
      '        ┤││││',
      '        ┤●●●●',
      '        ┤││││',
      '-20.0 % ┤│││',
    ]);
  });

  it('has nothing to draw where nothing is bounded', () => {
    expect(drawSequence([], fitChart(80))).toEqual([]);
    expect(drawSequence([NOTHING, { estimate: 1, low: null, high: 2 }], fitChart(80))).toEqual([]);
  });

  it('is as wide as it may be, and ends with the latest look', () => {
    const points = Array.from({ length: 1000 }, (_, nth) => ({ estimate: nth / 1000, low: 0, high: 1 }));
    const lines = drawSequence(points, { width: 30, height: 5 });
    expect(lines).toHaveLength(5);
    expect(lines.every(({ length }) => length === 30)).toBe(true);
    expect(lines[0]?.endsWith('●')).toBe(true);
  });

  it.each([
    [40, 40],
    [200, 200],
    [500, 200],
    [undefined, 80],
  ])('fits into a terminal of %p columns', (columns, width) => {
    const points = Array.from({ length: 1000 }, (_, nth) => ({ estimate: nth / 1000, low: 0, high: 1 }));
    const lines = drawSequence(points, fitChart(columns));
    expect(Math.max(...lines.map(({ length }) => length))).toBe(width);
  });

  it('draws one look, and an effect of nothing', () => {
    const lines = drawSequence([{ estimate: 0, low: 0, high: 0 }], { width: 5, height: 3 });
    expect(lines.join('\n')).toContain('●');
  });
});

it.each([
  [0.0321, '+3.2 %'],
  [-0.5, '-50.0 %'],
  [0, '0 %'],
  [-0.0001, '0 %'],
])('writes %d as %s', (share, text) => {
  expect(percent(share)).toBe(text);
});
