import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Input, Select } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import { timeAgo } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';

const SHOWN = 30;
const CODES = ['EXECUTION_NOT_FOUND'];

/** Asks for an execution: one of the newest that succeeded, or any by its id. */
export function ExecutionField({
  value,
  onChange,
}: {
  /** The id; empty while none is chosen. */
  readonly value: string;
  readonly onChange: (id: string) => void;
}) {
  const [isTyped, setTyped] = useState(value !== '');
  const { data = [] } = useQuery({
    queryKey: ['executions', 'to score'],
    queryFn: async ({ signal }) =>
      (await ledger.executions.list({ status: 'succeeded', limit: SHOWN }, { signal })).executions,
  });
  return (
    <div className="grid gap-3 md:grid-cols-2">
      <FormField label="Execution" {...(isTyped ? {} : { pointer: '/execution_id', codes: CODES })}>
        {(props) => (
          <Select
            {...props}
            className="w-full"
            value={isTyped ? 'typed' : value}
            onChange={({ target }) => {
              setTyped(target.value === 'typed');
              onChange(target.value === 'typed' ? '' : target.value);
            }}
          >
            <option value="">choose one of the newest</option>
            {data.map(
              ({ execution_id: id, prompt_name: prompt, version_number: version, created_at: at }) => (
                <option key={id} value={id}>
                  {visibleText(`${prompt === null ? 'no prompt' : `${prompt} v${version}`}, ${timeAgo(at)}`)}
                </option>
              ),
            )}
            <option value="typed">another one, by its id</option>
          </Select>
        )}
      </FormField>
      {isTyped && (
        <FormField label="Id of the execution" pointer="/execution_id" codes={CODES}>
          {(props) => (
            <Input
              {...props}
              className="mono"
              required
              value={value}
              onChange={({ target }) => onChange(target.value)}
            />
          )}
        </FormField>
      )}
    </div>
  );
}
