import type { DeliveryList } from '@prompt-ledger/client';
import type { QueryKey } from '@tanstack/react-query';
import { DeliveryList as Deliveries } from '../../ui/delivery-list';
import { useDeliveries } from '../../ui/hooks/use-deliveries';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';

/** Shows how a callback was delivered. */
export function CallbackPanel({
  of,
  queryKey,
  read,
  isDue = false,
}: {
  readonly of: 'execution' | 'batch';
  readonly queryKey: QueryKey;
  readonly read: (signal: AbortSignal) => PromiseLike<DeliveryList>;
  /** Whether a delivery is still to come where there is none. */
  readonly isDue?: boolean;
}) {
  const { data, error, refetch } = useDeliveries(queryKey, read, isDue);
  return (
    <Panel title="Callback" note="and its deliveries">
      <div className="grid gap-3 p-3.5">
        {error !== null && data === undefined && <Problem error={error} onRetry={() => void refetch()} />}
        {data?.length === 0 && (
          <p className="m-0 text-ink-3">{`Nothing was sent yet: it is sent once the ${of} is over.`}</p>
        )}
        {data !== undefined && <Deliveries deliveries={data} />}
      </div>
    </Panel>
  );
}
