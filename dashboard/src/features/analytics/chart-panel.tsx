import type { ExecutionFigures, Figures } from '@prompt-ledger/client';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useMay } from '../../api/use-session';
import { FoldedTable } from '../../ui/chart/folded-table';
import { LegendEntry } from '../../ui/chart/legend-entry';
import { Panel } from '../../ui/panel';
import { type AnalyticsSearch, listOfSearch, type Span } from './analytics-search';
import type { Chart } from './charts';
import { TimeChart } from './time-chart';

const DAY = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });
const HOUR = new Intl.DateTimeFormat('en', {
  dateStyle: 'medium',
  timeStyle: 'short',
  hourCycle: 'h23',
  timeZone: 'UTC',
});

/** A chart over time with its legend, and the same figures as a table whose rows lead to their executions. */
export function ChartPanel({
  chart,
  figures,
  search,
  span,
}: {
  readonly chart: Chart;
  readonly figures: ExecutionFigures;
  readonly search: AnalyticsSearch;
  readonly span: Span;
}) {
  const [hovered, setHovered] = useState<number | null>(null);
  const mayList = useMay('executions:list');
  const navigate = useNavigate();
  const { groups, total } = figures;
  const times = useMemo(() => groups.map(({ key }) => Date.parse(key ?? '') / 1_000), [groups]);
  const values = useMemo(
    () => chart.series.map(({ value }) => groups.map((group) => value(group))),
    [chart, groups],
  );
  const list = (at: number) => {
    const startMs = (times[at] ?? 0) * 1_000;
    return listOfSearch(search, {
      from: new Date(startMs).toISOString(),
      to: new Date(startMs + span.unitMs).toISOString(),
    });
  };
  const title = (at: number) => (span.unit === 'day' ? DAY : HOUR).format((times[at] ?? 0) * 1_000);
  const shown: Figures = (hovered === null ? undefined : groups[hovered]) ?? total;
  return (
    <Panel title={chart.title} note={chart.note}>
      <div className="flex min-h-6 flex-wrap items-center gap-x-3.5 gap-y-1 px-3.5 pt-2.5 text-[12px]">
        {chart.series.map((series) => (
          <LegendEntry
            key={series.title}
            colour={series.colour}
            title={series.title}
            value={series.text(shown)}
          />
        ))}
        <span className="grow" />
        <span className="text-ink-3">{hovered === null ? 'altogether' : title(hovered)}</span>
      </div>
      <div className="px-2 pt-1">
        <TimeChart
          chart={chart}
          times={times}
          values={values}
          unitS={span.unitMs / 1_000}
          onHover={setHovered}
          onChoose={(at) => {
            if (mayList) void navigate({ to: '/executions', search: list(at) });
          }}
        />
      </div>
      <FoldedTable
        title={chart.title}
        heads={[
          span.unit === 'day' ? 'Day, UTC' : 'Hour, UTC',
          ...chart.series.map((series) => series.title),
          'Executions',
        ]}
        rows={() =>
          groups.map((group, at) => (
            <tr key={group.key} className="border-t">
              <td className="px-3.5 py-1 whitespace-nowrap">
                {mayList ? (
                  <Link to="/executions" search={list(at)} className="text-accent">
                    {title(at)}
                  </Link>
                ) : (
                  title(at)
                )}
              </td>
              {chart.series.map((series) => (
                <td key={series.title} className="px-3.5 py-1 text-right tabular-nums">
                  {series.text(group)}
                </td>
              ))}
              <td className="px-3.5 py-1 text-right tabular-nums">{group.execution_count}</td>
            </tr>
          ))
        }
      />
    </Panel>
  );
}
