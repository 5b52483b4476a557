const BAR_PX = 5;
const STEP_PX = 7;
export const HEIGHT_PX = 18;

export const widthOf = (days: number) => days * STEP_PX - (STEP_PX - BAR_PX);

/** Bars as one path. A day with little is told from one with nothing by a pixel. */
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

/** A line through the middles of the days. Empty where there is nothing to draw. */
export function drawLine(values: readonly number[]): string {
  const most = Math.max(...values);
  if (most <= 0) return '';
  const points = values.map(
    (value, at) =>
      `${at * STEP_PX + BAR_PX / 2} ${(HEIGHT_PX - 1 - (value / most) * (HEIGHT_PX - 2)).toFixed(1)}`,
  );
  return `M${points.join('L')}`;
}
