import type { Delivery } from '@prompt-ledger/client';
import { Chip, type ChipTone } from './chip';
import { duration } from './text/format';
import { Time } from './text/time';
import { visibleText } from './text/visible-text';

const TONES: Readonly<Record<Delivery['status'], ChipTone>> = {
  pending: 'info',
  delivered: 'good',
  failed: 'bad',
};

/** Shows how callbacks were delivered, try by try. */
export function DeliveryList({ deliveries }: { readonly deliveries: readonly Delivery[] }) {
  return deliveries.map((delivery) => <OneDelivery key={delivery.event_id} delivery={delivery} />);
}

function OneDelivery({ delivery }: { readonly delivery: Delivery }) {
  const { event_type: type, url, status, created_at: at, attempts, next_attempt_at: next } = delivery;
  return (
    <section className="rounded-md border" aria-label={type}>
      <div className="flex flex-wrap items-center gap-2 border-b px-3 py-2">
        <span className="mono">{type}</span> <Chip tone={TONES[status]}>{status}</Chip>
        <span className="min-w-0 grow break-all text-ink-2">{visibleText(url)}</span> <Time at={at} />
      </div>
      <ol className="m-0 list-none p-0">
        {attempts.map(({ attempt, response_status: code, error, started_at: started, duration_ms: ms }) => (
          <li
            key={attempt}
            className="flex flex-wrap items-center gap-2 border-b px-3 py-1.5 last:border-b-0"
          >
            <span className="text-ink-3">{`Try ${attempt}`}</span>
            <span>{code ?? 'no answer'}</span>
            <span className="min-w-0 grow break-words text-bad">{visibleText(error ?? '')}</span>
            <span className="text-ink-3">{duration(ms)}</span> <Time at={started} />
          </li>
        ))}
        {next !== null && (
          <li className="px-3 py-1.5 text-ink-3">
            Next try <Time at={next} />
          </li>
        )}
      </ol>
    </section>
  );
}
