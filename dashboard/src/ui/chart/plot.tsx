import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { useMedia } from '../hooks/use-media';

/** The design tokens for a canvas, which inherits none. */
export interface PlotLook {
  /** @param name the name of a token, such as `ink-3`. */
  readonly colour: (name: string) => string;
  readonly font: string;
}

/** The contents of a plot. The caller must keep the object, because each new one redraws the plot. */
export interface PlotDrawing {
  readonly heightPx: number;
  readonly data: uPlot.AlignedData;
  readonly options: (
    look: PlotLook,
    onHover: (index: number | null) => void,
  ) => Omit<uPlot.Options, 'width' | 'height'>;
}

/** Draws on a canvas, which screen readers cannot read, so a table beside it has to show the same. */
export function Plot({
  drawing,
  onHover,
  onChoose,
}: {
  readonly drawing: PlotDrawing;
  /** The index of the value below the pointer; null for none. */
  readonly onHover: (index: number | null) => void;
  /** Called on a click; omitted where a click does nothing. */
  readonly onChoose?: (index: number) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const isDark = useMedia('(prefers-color-scheme: dark)');
  const latest = useRef({ onHover, onChoose });
  useEffect(() => {
    latest.current = { onHover, onChoose };
  });
  const canChoose = onChoose !== undefined;
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const { data, heightPx: height, options } = drawing;
    const plot = new uPlot(
      {
        ...options(lookOfPage(), (index) => latest.current.onHover(index)),
        width: element.clientWidth,
        height,
      },
      data,
      element,
    );
    if (canChoose) {
      plot.over.style.cursor = 'pointer';
      plot.over.addEventListener('click', () => {
        const { idx } = plot.cursor;
        if (typeof idx === 'number') latest.current.onChoose?.(idx);
      });
    }
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
    // The colours are read while drawing, so the plot is drawn again for the other scheme.
  }, [drawing, canChoose, isDark]);
  return <div ref={host} className="overflow-hidden" style={{ height: drawing.heightPx }} aria-hidden />;
}

function lookOfPage(): PlotLook {
  const style = getComputedStyle(document.documentElement);
  return {
    colour: (name) => style.getPropertyValue(`--${name}`).trim(),
    font: `11px ${style.getPropertyValue('--font-sans') || 'sans-serif'}`,
  };
}

/** Returns the options that the axes of all plots share. */
export function plainAxis({ colour, font }: PlotLook): uPlot.Axis {
  return { stroke: colour('ink-3'), font, ticks: { show: false } };
}

/** Reports which value is below the pointer. */
export function hoverHook(onHover: (index: number | null) => void) {
  return [({ cursor: { idx } }: uPlot) => onHover(typeof idx === 'number' ? idx : null)];
}
