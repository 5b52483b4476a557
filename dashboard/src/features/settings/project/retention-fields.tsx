import { X } from 'lucide-react';
import { Button } from '../../../ui/controls/button';
import { Input } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import { newRow, type RetentionRow } from './retention-rows';

/** Asks for how many days the contents of executions are kept, by environment. */
export function RetentionFields({
  rows,
  onChange,
}: {
  readonly rows: readonly RetentionRow[];
  readonly onChange: (rows: readonly RetentionRow[]) => void;
}) {
  const set = (id: number, change: Partial<RetentionRow>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...change } : row)));
  return (
    <div className="grid gap-2">
      <span className="text-ink-2">
        {rows.length === 0
          ? 'Contents of executions are kept for good.'
          : 'Contents of executions are erased after so many days; * is for every other environment.'}
      </span>
      {rows.map(({ id, environment, days }) => (
        <div key={id} className="flex items-start gap-2">
          <div className="min-w-0 grow">
            <FormField label="Environment">
              {(props) => (
                <Input
                  {...props}
                  maxLength={100}
                  value={environment}
                  onChange={({ target }) => set(id, { environment: target.value })}
                />
              )}
            </FormField>
          </div>
          <div className="w-[110px]">
            <FormField
              label="Days"
              pointer={`/settings/retention_days/${environment.replace(/~/g, '~0').replace(/\//g, '~1')}`}
            >
              {(props) => (
                <Input
                  {...props}
                  type="number"
                  min={1}
                  required
                  value={days}
                  onChange={({ target }) => set(id, { days: target.value })}
                />
              )}
            </FormField>
          </div>
          <Button
            tone="ghost"
            className="mt-[21px]"
            aria-label={`Keep ${environment} for good`}
            title="Keep for good"
            onClick={() => onChange(rows.filter((row) => row.id !== id))}
          >
            <X size={14} aria-hidden />
          </Button>
        </div>
      ))}
      <div>
        <Button onClick={() => onChange([...rows, newRow(rows.length === 0 ? '*' : '')])}>
          Erase contents after some days
        </Button>
      </div>
    </div>
  );
}
