const DOTS = {
  accent: 'bg-accent',
  bad: 'bg-bad',
  warn: 'bg-warn',
  info: 'bg-info',
  good: 'bg-good',
};

/** A design token that distinguishes the series of a chart. */
export type SeriesColour = keyof typeof DOTS;

/** Shows the name of a series, and its value. */
export function LegendEntry({
  colour,
  title,
  value,
}: {
  readonly colour: SeriesColour;
  readonly title: string;
  readonly value: string;
}) {
  return (
    <span className="flex items-center gap-1.5">
      <span aria-hidden className={`size-2 rounded-full ${DOTS[colour]}`} />
      <span className="text-ink-2">{title}</span>
      <b className="font-[560] tabular-nums">{value}</b>
    </span>
  );
}
