import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Input } from '../../../ui/controls/field';
import { EditDialog } from '../../../ui/form/edit-dialog';
import { FormField } from '../../../ui/form/form';
import { fromLocalTime } from '../../../ui/form/times';

const FIELDS = [
  ['provider', 'Provider', 'openai', true],
  ['model_name', 'Model', 'gpt-4o-mini', true],
  ['input_usd_per_mtok', 'Prompt, $ a million tokens', '0.15', true],
  ['output_usd_per_mtok', 'Answer, $ a million tokens', '0.6', true],
  ['cached_input_usd_per_mtok', 'Cached prompt, $ a million', 'empty: as others', false],
  ['max_prompt_tokens', 'For prompts up to, tokens', 'empty: all', false],
] as const;
type Field = (typeof FIELDS)[number][0];
const EXISTS = ['PRICE_EXISTS'];

/** Asks for the price of a model, and its start. */
export function NewPriceDialog({
  onDone,
  onClose,
}: {
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [typed, setTyped] = useState<Readonly<Partial<Record<Field, string>>>>({});
  const [from, setFrom] = useState('');
  const [source, setSource] = useState('');
  const read = (field: Field) => typed[field]?.trim() ?? '';
  return (
    <EditDialog
      title="Add a price"
      action="Add the price"
      isReady={FIELDS.every(([field, , , isNeeded]) => !isNeeded || read(field) !== '')}
      save={() =>
        ledger.prices.create({
          provider: read('provider'),
          model_name: read('model_name'),
          input_usd_per_mtok: read('input_usd_per_mtok'),
          output_usd_per_mtok: read('output_usd_per_mtok'),
          cached_input_usd_per_mtok: read('cached_input_usd_per_mtok') || null,
          max_prompt_tokens: read('max_prompt_tokens') === '' ? null : Number(read('max_prompt_tokens')),
          valid_from: fromLocalTime(from),
          source: source.trim() || null,
        })
      }
      done={({ provider, model_name: name }) => `${provider}/${name} has a price.`}
      onDone={onDone}
      onClose={onClose}
    >
      <div className="grid grid-cols-2 gap-3">
        {FIELDS.map(([field, label, example, isNeeded]) => (
          <FormField key={field} label={label} pointer={`/${field}`}>
            {(props) => (
              <Input
                {...props}
                autoFocus={field === 'provider'}
                required={isNeeded}
                placeholder={example}
                value={typed[field] ?? ''}
                onChange={({ target }) => setTyped({ ...typed, [field]: target.value })}
              />
            )}
          </FormField>
        ))}
      </div>
      <FormField label="Valid from" pointer="/valid_from" codes={EXISTS} hint="Empty: from now on">
        {(props) => (
          <Input
            {...props}
            type="datetime-local"
            value={from}
            onChange={({ target }) => setFrom(target.value)}
          />
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
