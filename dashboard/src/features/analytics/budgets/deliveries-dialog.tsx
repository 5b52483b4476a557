import type { Budget } from '@prompt-ledger/client';
import { ledger } from '../../../api/ledger';
import { DeliveryList } from '../../../ui/delivery-list';
import { Dialog } from '../../../ui/dialog';
import { useDeliveries } from '../../../ui/hooks/use-deliveries';
import { Problem } from '../../../ui/problem';
import { visibleText } from '../../../ui/text/visible-text';

/** Shows whom a budget has told how much is spent. */
export function DeliveriesDialog({
  budget: { budget_id: id, name, callback_url: url },
  onClose,
}: {
  readonly budget: Budget;
  readonly onClose: () => void;
}) {
  const { data, error, refetch } = useDeliveries(['budgets', 'deliveries', id], (signal) =>
    ledger.webhooks.deliveriesOfBudget(id, { signal }),
  );
  return (
    <Dialog title={`Deliveries of ${visibleText(name)}`} isOpen isWide onClose={onClose}>
      <div className="grid gap-3">
        {url !== null && (
          <p className="m-0 text-ink-2">
            Thresholds of 50, 80 and 100 % are sent to <span className="break-all">{visibleText(url)}</span>.
          </p>
        )}
        {error !== null && data === undefined && <Problem error={error} onRetry={() => void refetch()} />}
        {data?.length === 0 && (
          <p className="m-0 text-ink-3">Nothing was sent yet: no threshold was passed.</p>
        )}
        {data !== undefined && <DeliveryList deliveries={data} />}
      </div>
    </Dialog>
  );
}
