import { Input } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';

/** Asks for the lowest value that passes. */
export function ThresholdField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <div className="w-[min(260px,100%)]">
      <FormField label="Passes from" pointer="/threshold" hint="The lowest value that passes; empty: 0.5">
        {(props) => (
          <Input
            {...props}
            inputMode="decimal"
            value={value}
            onChange={({ target }) => onChange(target.value)}
          />
        )}
      </FormField>
    </div>
  );
}
