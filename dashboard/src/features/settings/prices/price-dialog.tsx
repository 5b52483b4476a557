import type { Price } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Input } from '../../../ui/controls/field';
import { EditDialog } from '../../../ui/form/edit-dialog';
import { FormField } from '../../../ui/form/form';
import { fromLocalTime, toLocalTime } from '../../../ui/form/times';

/** One price: its figures never change, but its end and its source may. */
export function PriceDialog({
  price,
  onDone,
  onClose,
}: {
  readonly price: Price;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [to, setTo] = useState(toLocalTime(price.valid_to));
  const [source, setSource] = useState(price.source ?? '');
  const title = `${price.provider}/${price.model_name}`;
  const isEndMoved = to !== toLocalTime(price.valid_to);
  return (
    <EditDialog
      title={title}
      action="Save the price"
      save={() =>
        ledger.prices.put(price.price_id, {
          ...(isEndMoved ? { valid_to: fromLocalTime(to) } : {}),
          source: source.trim() || null,
        })
      }
      done={() => 'The price is saved.'}
      removal={{
        label: 'Take back …',
        title: `Take the price of ${title} back?`,
        action: 'Take it back',
        done: 'The price is gone.',
        consequence:
          'This is for a mistake. What executions have cost by it stays; a price that was right should end instead.',
        run: () => ledger.prices.delete(price.price_id),
      }}
      onDone={onDone}
      onClose={onClose}
    >
      <p className="m-0 text-ink-2">Its figures never change: another price is a new one.</p>
      <FormField label="Ends at" pointer="/valid_to" hint="Empty: when another begins">
        {(props) => (
          <Input {...props} type="datetime-local" value={to} onChange={({ target }) => setTo(target.value)} />
        )}
      </FormField>
      <FormField label="Where the figures come from" pointer="/source">
        {(props) => (
          <Input
            {...props}
            maxLength={500}
            value={source}
            onChange={({ target }) => setSource(target.value)}
          />
        )}
      </FormField>
    </EditDialog>
  );
}
