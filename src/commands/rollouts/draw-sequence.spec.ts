import { drawSequence, percent } from './draw-sequence.js';

const NOTHING = { estimate: null, low: null, high: null };

describe('drawSequence', () => {
  it('draws bounds that close in on an effect below 0', () => {
    const points = [4, 2, 1, 0.5].map((width) => ({
      estimate: -0.1,
      low: -0.1 - width / 10,
      high: -0.1 + width / 10,
    }));
    expect(drawSequence([NOTHING, ...points], { width: 10, height: 5 })).toEqual([
      '    0 % ┤│││─',
      '        ┤││││',
      '        ┤●●●●',
      '        ┤││││',
      '-20.0 % ┤│││',
    ]);
  });

  it('has nothing to draw where nothing is bounded', () => {
    expect(drawSequence([])).toEqual([]);
    expect(drawSequence([NOTHING, { estimate: 1, low: null, high: 2 }])).toEqual([]);
  });

  it('is as wide as it may be, and ends with the latest look', () => {
    const points = Array.from({ length: 1000 }, (_, nth) => ({ estimate: nth / 1000, low: 0, high: 1 }));
    const lines = drawSequence(points, { width: 20, height: 5 });
    expect(lines).toHaveLength(5);
    const columns = lines.map((line) => line.slice(line.indexOf('┤') + 1));
    expect(columns.every(({ length }) => length === 20)).toBe(true);
    expect(columns[0]?.endsWith('●')).toBe(true);
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
