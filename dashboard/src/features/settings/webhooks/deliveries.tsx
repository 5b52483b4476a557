import { ApiError, type Delivery } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Button } from '../../../ui/controls/button';
import { Input } from '../../../ui/controls/field';
import { DeliveryList } from '../../../ui/delivery-list';
import { Form, FormField } from '../../../ui/form/form';
import { Panel } from '../../../ui/panel';

const ID_CODES = ['EXECUTION_NOT_FOUND', 'BATCH_NOT_FOUND'];

/** Shows how the callback of one execution, batch or budget was delivered, try by try. */
export function Deliveries() {
  const [id, setId] = useState('');
  const look = useMutation({ mutationFn: readDeliveries });
  return (
    <Panel title="Deliveries" note="of one execution, batch or budget">
      <div className="grid gap-3 p-3.5">
        <Form error={look.error} onSubmit={() => id.trim() !== '' && look.mutate(id.trim())}>
          <FormField label="Id of the execution, batch or budget" codes={ID_CODES}>
            {(props) => (
              <div className="flex gap-2">
                <Input
                  {...props}
                  className="mono"
                  required
                  value={id}
                  onChange={({ target }) => setId(target.value)}
                />
                <Button type="submit" disabled={look.isPending || id.trim() === ''}>
                  Look
                </Button>
              </div>
            )}
          </FormField>
        </Form>
        {look.data?.length === 0 && (
          <p className="m-0 text-ink-3">
            There is nothing to tell yet, or nobody to tell: a callback is sent where the request, or the
            budget, names a <span className="mono">callback_url</span>.
          </p>
        )}
        {look.data !== undefined && <DeliveryList deliveries={look.data} />}
      </div>
    </Panel>
  );
}

/** An id does not reveal what it belongs to, so this tries each kind. */
async function readDeliveries(id: string): Promise<readonly Delivery[]> {
  const { webhooks } = ledger;
  const kinds = [
    () => webhooks.deliveriesOfBatch(id),
    () => webhooks.deliveriesOfBudget(id),
    () => webhooks.deliveriesOfExecution(id),
  ];
  for (const [at, read] of kinds.entries()) {
    try {
      return (await read()).deliveries;
    } catch (error) {
      const isOther = error instanceof ApiError && error.status === 404;
      if (!isOther || at === kinds.length - 1) throw error;
    }
  }
  return [];
}
