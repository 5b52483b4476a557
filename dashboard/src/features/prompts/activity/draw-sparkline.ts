const BAR_PX = 5;
const STEP_PX = 7;
export const HEIGHT_PX = 18;

export const widthOf = (days: number) => days * STEP_PX - (STEP_PX - BAR_PX);

/** Returns the bars as one SVG path. The smallest bar has one pixel, which tells a day with few executions from one with none. */
export function drawBars(values: readonly number[]): string {
  const most = Math.max(...values);
  return values
    .map((value, at) => {
      if (value === 0) return '';
      const height = Math.max(1, Math.round((value / most) * HEIGHT_PX));
      return `M${at * STEP_PX} ${HEIGHT_PX}v-${height}h${BAR_PX}v${height}z`;
    })
    .join('');
}

/** Returns a line through the middles of the days as an SVG path; empty when all values are 0. */
export function drawLine(values: readonly number[]): string {
  const most = Math.max(...values);
  if (most <= 0) return '';
  const points = values.map(
    (value, at) =>
      `${at * STEP_PX + BAR_PX / 2} ${(HEIGHT_PX - 1 - (value / most) * (HEIGHT_PX - 2)).toFixed(1)}`,
  );
  return `M${points.join('L')}`;
}
