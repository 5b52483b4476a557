import { drawBars, drawLine, widthOf } from './draw-sparkline';

describe('a sparkline', () => {
  it('has a bar for each day on which something ran', () => {
    expect(drawBars([0, 1, 100])).toBe('M7 18v-1h5v1zM14 18v-18h5v18z');
    expect(drawBars([0, 0])).toBe('');
    expect(widthOf(7)).toBe(47);
  });

  it('has a line through all days, unless all are nothing', () => {
    expect(drawLine([0, 2, 1])).toBe('M2.5 17.0L9.5 1.0L16.5 9.0');
    expect(drawLine([0, 0])).toBe('');
  });
});
