import { useMemo } from 'react';
import uPlot from 'uplot';
import { hoverHook, plainAxis, Plot, type PlotDrawing, type PlotLook } from '../../ui/chart/plot';
import type { Chart } from './charts';

const HEIGHT_PX = 176;
const HOUR_S = 3_600;
const HOURS = [1, 2, 3, 6, 12, 24];
const DAYS = [1, 2, 3, 7, 14, 30];
/** The steps of an axis that shows counts. */
const WHOLE = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

const DAY = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });
const HOUR = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
});

/**
 * Draws values over time, bars or lines.
 * @param times the start of each hour or day, in seconds since 1970.
 * @param values the values of each series, in the order of `times`.
 */
export function TimeChart({
  chart,
  times,
  values,
  unitS,
  onHover,
  onChoose,
}: {
  readonly chart: Chart;
  readonly times: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
  readonly unitS: number;
  readonly onHover: (index: number | null) => void;
  readonly onChoose: (index: number) => void;
}) {
  const drawing = useMemo(
    (): PlotDrawing => ({
      heightPx: HEIGHT_PX,
      data: [[...times], ...drawnOf(chart, values)] as uPlot.AlignedData,
      options: (look, hover) => optionsOf(chart, unitS, look, hover),
    }),
    [chart, times, values, unitS],
  );
  return <Plot drawing={drawing} onHover={onHover} onChoose={onChoose} />;
}

/** Stacked bars are sums, drawn from the highest to the lowest. */
function drawnOf(chart: Chart, values: readonly (readonly (number | null)[])[]): (number | null)[][] {
  if (chart.kind === 'lines') return values.map((series) => [...series]);
  const sums = values.map((series, at) =>
    series.map((_value, index) => values.slice(0, at + 1).reduce((sum, each) => sum + (each[index] ?? 0), 0)),
  );
  return sums.reverse();
}

function optionsOf(
  { kind, axis, series, isWhole }: Chart,
  unitS: number,
  look: PlotLook,
  onHover: (index: number | null) => void,
): ReturnType<PlotDrawing['options']> {
  const { colour } = look;
  const drawn = kind === 'bars' ? [...series].reverse() : series;
  const bars = uPlot.paths.bars?.({ size: [0.72, 40], radius: 0.12 });
  const common = plainAxis(look);
  return {
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
    legend: { show: false },
    padding: [8, 12, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: kind === 'lines' } },
    scales: {
      // Leaves room for half of the first and the last bar, because each bar is centered on its time.
      x: { time: true, range: (_plot, least, most) => [least - unitS / 2, most + unitS / 2] },
      y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.08 : 1] },
    },
    axes: [
      {
        ...common,
        grid: { show: false },
        size: 30,
        space: 64,
        incrs: (unitS === HOUR_S ? HOURS : DAYS).map((count) => count * unitS),
        values: (_plot, ticks) => ticks.map((tick) => (unitS === HOUR_S ? HOUR : DAY).format(tick * 1_000)),
      },
      {
        ...common,
        size: 58,
        grid: { stroke: colour('line'), width: 1 },
        ...(isWhole === true ? { incrs: WHOLE } : {}),
        values: (_plot, ticks) => ticks.map(axis),
      },
    ],
    series: [
      {},
      ...drawn.map(({ title, colour: name }): uPlot.Series => {
        const line = { label: title, stroke: colour(name) };
        return kind === 'bars' && bars !== undefined
          ? { ...line, fill: colour(name), width: 0, paths: bars, points: { show: false } }
          : { ...line, width: 1.6, spanGaps: false, points: { show: true, size: 4, fill: colour(name) } };
      }),
    ],
    hooks: { setCursor: hoverHook(onHover) },
  };
}
