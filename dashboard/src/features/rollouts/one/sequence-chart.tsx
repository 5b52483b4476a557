import { useMemo } from 'react';
import type uPlot from 'uplot';
import { hoverHook, plainAxis, Plot, type PlotDrawing, type PlotLook } from '../../../ui/chart/plot';
import { count } from '../../../ui/text/format';
import { rangeOf, type SequencePoint } from './sequence-points';

const HEIGHT_PX = 240;
/** Up to this many values are marked individually. */
const MOST_MARKS = 40;

/** Draws the effect with its bounds, against zero and against the worst that is allowed, as units arrived. */
export function SequenceChart({
  points,
  threshold,
  write,
  onHover,
}: {
  readonly points: readonly SequencePoint[];
  /** The effect from which the candidate is worse than allowed; 0 where no regression is allowed. */
  readonly threshold: number;
  readonly write: (value: number) => string;
  readonly onHover: (index: number | null) => void;
}) {
  const drawing = useMemo(
    (): PlotDrawing => ({
      heightPx: HEIGHT_PX,
      data: [
        points.map(({ units }) => units),
        points.map(({ high }) => high),
        points.map(({ low }) => low),
        points.map(({ estimate }) => estimate),
      ],
      options: (look, hover) => optionsOf(points, threshold, write, look, hover),
    }),
    [points, threshold, write],
  );
  return <Plot drawing={drawing} onHover={onHover} />;
}

function optionsOf(
  points: readonly SequencePoint[],
  threshold: number,
  write: (value: number) => string,
  look: PlotLook,
  onHover: (index: number | null) => void,
): ReturnType<PlotDrawing['options']> {
  const { colour } = look;
  const common = plainAxis(look);
  const [low, high] = rangeOf(points, threshold);
  const marks = { show: points.length <= MOST_MARKS, size: 5, fill: colour('accent') };
  const bound = {
    stroke: colour('accent'),
    width: 1,
    dash: [3, 3],
    spanGaps: false,
    points: { show: false },
  };
  return {
    legend: { show: false },
    padding: [10, 14, 0, 0],
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: {
        time: false,
        range: (_plot, least, most) => (least === most ? [least - 1, most + 1] : [least, most]),
      },
      y: { range: () => [low, high] },
    },
    axes: [
      { ...common, grid: { show: false }, size: 30, values: (_plot, ticks) => ticks.map(count) },
      {
        ...common,
        size: 84,
        grid: { stroke: colour('line'), width: 1 },
        values: (_plot, ticks) => ticks.map((tick) => (tick === 0 ? '0' : write(tick))),
      },
    ],
    bands: [{ series: [1, 2], fill: colour('accent-soft') }],
    series: [
      {},
      { label: 'upper', ...bound },
      { label: 'lower', ...bound },
      { label: 'estimate', stroke: colour('accent'), width: 2, spanGaps: false, points: marks },
    ],
    hooks: {
      setCursor: hoverHook(onHover),
      draw: [
        (plot) => {
          drawLevel(plot, 0, colour('ink-2'), []);
          if (threshold !== 0) drawLevel(plot, threshold, colour('bad'), [6, 4]);
          drawBounds(plot, points.at(-1), colour('accent'));
        },
      ],
    },
  };
}

/** Draws the bounds of the latest look as a bar, without which a first look would be invisible. */
function drawBounds(plot: uPlot, point: SequencePoint | undefined, stroke: string): void {
  if (point === undefined || point.low === null || point.high === null) return;
  const { ctx, bbox } = plot;
  const x = Math.round(plot.valToPos(point.units, 'x', true));
  const within = (y: number) => Math.max(bbox.top, Math.min(bbox.top + bbox.height, y));
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, within(plot.valToPos(point.low, 'y', true)));
  ctx.lineTo(x, within(plot.valToPos(point.high, 'y', true)));
  ctx.stroke();
  ctx.restore();
}

/** Draws a line across the plot, even where there is only a single point. */
function drawLevel(plot: uPlot, value: number, stroke: string, dash: readonly number[]): void {
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(value, 'y', true));
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
