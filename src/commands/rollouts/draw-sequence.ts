/** A look at an effect; null where nothing is bounded yet. */
export interface SequencePoint {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

interface Bounded {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

interface ChartSize {
  /** The size of the chart, without its labels. */
  readonly width: number;
  readonly height: number;
}

const AXIS = ' ┤';
const HEIGHT = 11;
const LEAST_COLUMNS = 10;
/** Assumed for a file or a pipe, which have no width. */
const DEFAULT_WIDTH = 80;
const MOST_WIDTH = 200;

/** Returns the size of a chart that fits into a terminal. @param columns undefined where the output is no terminal. */
export function fitChart(columns: number | undefined): ChartSize {
  return { width: Math.min(columns ?? DEFAULT_WIDTH, MOST_WIDTH), height: HEIGHT };
}

/**
 * Draws a confidence sequence: a column for each look, from the lower to the upper bound, with its estimate, and a line at 0.
 * @param points relative effects, the oldest first.
 * @returns its lines; none where no look has bounds.
 */
export function drawSequence(points: readonly SequencePoint[], size: ChartSize): string[] {
  const bounded = points.filter(isBounded);
  if (bounded.length === 0) return [];
  // The first bounds are so wide that those of today would be one line.
  const recent = bounded.slice(Math.floor(bounded.length / 2));
  const top = Math.max(0, ...recent.map(({ high }) => high));
  const bottom = Math.min(0, ...recent.map(({ low }) => low));
  const span = top - bottom || 1;
  const last = size.height - 1;
  const rowAt = (value: number) => Math.min(last, Math.max(0, Math.round(((top - value) / span) * last)));
  const zero = rowAt(0);
  const labels = new Map([
    [0, percent(top)],
    [last, percent(bottom)],
    [zero, '0 %'],
  ]);
  const margin = Math.max(...[...labels.values()].map(({ length }) => length));
  const columns = thinOut(bounded, Math.max(LEAST_COLUMNS, size.width - margin - AXIS.length));
  return Array.from({ length: size.height }, (_, row) => {
    const marks = columns.map((point) => chooseMark(point, row, rowAt) ?? (row === zero ? '─' : ' '));
    return `${(labels.get(row) ?? '').padStart(margin)}${AXIS}${marks.join('')}`.trimEnd();
  });
}

function chooseMark({ estimate, low, high }: Bounded, row: number, rowAt: (value: number) => number) {
  if (row === rowAt(estimate)) return '●';
  return row >= rowAt(high) && row <= rowAt(low) ? '│' : null;
}

/** Picks at most `most` points, evenly, and always the last one. */
function thinOut(points: readonly Bounded[], most: number): Bounded[] {
  if (points.length <= most) return [...points];
  const step = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, nth) => points[Math.round(nth * step)] as Bounded);
}

function isBounded(point: SequencePoint): point is Bounded {
  return point.estimate !== null && point.low !== null && point.high !== null;
}

/** Formats a share with its sign: `+3.2 %`. */
export function percent(share: number): string {
  const text = (100 * share).toFixed(1);
  if (Number(text) === 0) return '0 %';
  return `${share > 0 ? '+' : ''}${text} %`;
}
