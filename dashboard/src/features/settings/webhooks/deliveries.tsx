import { ApiError, type Delivery } from '@prompt-ledger/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Chip, type ChipTone } from '../../../ui/chip';
import { Button } from '../../../ui/controls/button';
import { Input } from '../../../ui/controls/field';
import { Form, FormField } from '../../../ui/form/form';
import { Panel } from '../../../ui/panel';
import { duration } from '../../../ui/text/format';
import { Time } from '../../../ui/text/time';
import { visibleText } from '../../../ui/text/visible-text';

const TONES: Readonly<Record<Delivery['status'], ChipTone>> = {
  pending: 'info',
  delivered: 'good',
  failed: 'bad',
};
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
        {look.data?.map((delivery) => (
          <OneDelivery key={delivery.event_id} delivery={delivery} />
        ))}
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
