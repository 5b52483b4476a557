import type { Execution } from '@prompt-ledger/client';
import { ledger } from '../../../api/ledger';
import { DeliveryList } from '../../../ui/delivery-list';
import { useDeliveries } from '../../../ui/hooks/use-deliveries';
import { Panel } from '../../../ui/panel';
import { Problem } from '../../../ui/problem';

/** Shows how the callback of an execution was delivered. Without a callback there is no panel. */
export function DeliveriesPanel({ execution }: { readonly execution: Execution }) {
  return execution.callback_url === null ? null : <Deliveries execution={execution} />;
}

function Deliveries({ execution: { execution_id: id, status } }: { readonly execution: Execution }) {
  // The callback is due once the execution is over, so another status is another question.
  const { data, error, refetch } = useDeliveries(['executions', 'deliveries', id, status], (signal) =>
    ledger.webhooks.deliveriesOfExecution(id, { signal }),
  );
  return (
    <Panel title="Callback" note="and its deliveries">
      <div className="grid gap-3 p-3.5">
        {error !== null && data === undefined && <Problem error={error} onRetry={() => void refetch()} />}
        {data?.length === 0 && (
          <p className="m-0 text-ink-3">Nothing was sent yet: it is sent once the execution is over.</p>
        )}
        {data !== undefined && <DeliveryList deliveries={data} />}
      </div>
    </Panel>
  );
}
