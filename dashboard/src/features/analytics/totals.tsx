import type { Figures } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMay } from '../../api/use-session';
import { count, dollars, duration } from '../../ui/text/format';
import { type AnalyticsSearch, listOfSearch, type Span } from './analytics-search';
import { percent } from './charts';

/** Shows the figures of the whole span. */
export function Totals({
  total,
  search,
  span,
}: {
  readonly total: Figures;
  readonly search: AnalyticsSearch;
  readonly span: Span;
}) {
  const mayList = useMay('executions:list');
  const list = listOfSearch(search, span);
  const { execution_count: all, failed_count: failed, latency_ms: latency } = total;
  const tokens = (value: number | null) => (value === null ? '–' : count(value));
  const link = (text: string, more: { readonly status?: 'failed' } = {}) =>
    mayList ? (
      <Link
        to="/executions"
        search={{ ...list, ...more }}
        className="text-ink no-underline hover:text-accent"
      >
        {text}
      </Link>
    ) : (
      text
    );
  return (
    <dl className="m-0 grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line md:grid-cols-3 xl:grid-cols-6">
      <Tile name="Executions" note={`${count(total.succeeded_count)} succeeded`}>
        {link(count(all))}
      </Tile>
      <Tile name="Failed" note={percent(failed, all)}>
        {link(count(failed), { status: 'failed' })}
      </Tile>
      <Tile
        name="Cost"
        note={total.unpriced_count === 0 ? 'all of it known' : `of ${count(total.unpriced_count)} unknown`}
      >
        {dollars(total.cost_usd)}
      </Tile>
      <Tile name="Tokens" note="sent + answered">
        {`${tokens(total.prompt_tokens)} + ${tokens(total.response_tokens)}`}
      </Tile>
      <Tile
        name="Latency, median"
        note={
          latency === null
            ? 'nothing succeeded'
            : `p95 ${duration(latency.p95)} · p99 ${duration(latency.p99)}`
        }
      >
        {duration(latency?.p50 ?? null)}
      </Tile>
      <Tile name="From the cache" note={percent(total.cache_hit_count, all)}>
        {count(total.cache_hit_count)}
      </Tile>
    </dl>
  );
}

function Tile({
  name,
  note,
  children,
}: {
  readonly name: string;
  readonly note: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="min-w-0 bg-panel px-3.5 py-2.5">
      <dt className="text-[12px] text-ink-3">{name}</dt>
      <dd className="m-0">
        <span className="block truncate text-[19px] leading-[1.35] font-[600] tabular-nums">{children}</span>
        <span className="block truncate text-[12px] text-ink-2">{note}</span>
      </dd>
    </div>
  );
}
