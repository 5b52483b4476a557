import type { PromptActivity } from '@prompt-ledger/client';
import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import { count, dollars } from '../../../ui/text/format';
import type { ActivityReader } from './activity-reader';
import { drawBars, drawLine, HEIGHT_PX, widthOf } from './draw-sparkline';

export const ActivityContext = createContext<ActivityReader | null>(null);

const NOTHING = () => undefined;

/** Draws a prompt's executions of each day as bars, and their cost as a line. */
export function ActivityCell({ promptId }: { readonly promptId: string }) {
  const reader = useContext(ActivityContext);
  const subscribe = useCallback(
    (listener: () => void) => reader?.subscribe(promptId, listener) ?? NOTHING,
    [reader, promptId],
  );
  const activity = useSyncExternalStore(subscribe, () => reader?.get(promptId) ?? null);
  return activity === null ? null : <Sparkline activity={activity} />;
}

function Sparkline({ activity }: { readonly activity: PromptActivity }) {
  const { execution_counts: counts, costs_usd: costs, execution_count: executions } = activity;
  if (executions === 0) return <span className="text-ink-3">not run</span>;
  const width = widthOf(counts.length);
  const words = describeActivity(activity);
  return (
    <span className="flex items-center gap-2" title={words}>
      <svg width={width} height={HEIGHT_PX} className="flex-none" role="img" aria-label={words}>
        <path d={drawBars(counts)} className="fill-line-strong" />
        <path d={drawLine(costs.map((cost) => Number(cost ?? 0)))} className="fill-none stroke-accent" />
      </svg>
      <span aria-hidden className="truncate tabular-nums text-ink-2">
        {COMPACT.format(executions)}
        {activity.cost_usd !== null && (
          <span className="text-ink-3">{` · ${shortDollars(activity.cost_usd)}`}</span>
        )}
      </span>
    </span>
  );
}

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const SHORT_DOLLARS = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'USD',
  notation: 'compact',
  maximumSignificantDigits: 2,
});

/** Shortens an amount for display. The text alternative has all digits. */
function shortDollars(decimal: string): string {
  return SHORT_DOLLARS.format(Number(decimal));
}

function describeActivity({
  execution_counts: counts,
  execution_count: executions,
  ...rest
}: PromptActivity): string {
  const cost =
    rest.cost_usd === null
      ? 'at an unknown cost'
      : `for ${dollars(rest.cost_usd)}${rest.unpriced_count === 0 ? '' : ` and ${count(rest.unpriced_count)} of unknown cost`}`;
  return `${count(executions)} ${executions === 1 ? 'execution' : 'executions'} in ${counts.length} days ${cost}; day by day ${counts.map(count).join(', ')}`;
}
