import { type ComponentProps, useState } from 'react';
import { TextArea } from './field';

/**
 * A text area whose value may also change by itself, such as a suggestion that is still being worked out. While somebody is in it, only
 * what they type changes it: a value from outside would move the cursor away from what they have selected.
 */
export function SteadyTextArea({
  value,
  onChange,
  ...props
}: Omit<ComponentProps<'textarea'>, 'value' | 'onChange' | 'onFocus' | 'onBlur'> & {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const [held, hold] = useState<string | null>(null);
  return (
    <TextArea
      value={held ?? value}
      onFocus={({ target }) => hold(target.value)}
      onBlur={() => hold(null)}
      onChange={({ target }) => {
        hold(target.value);
        onChange(target.value);
      }}
      {...props}
    />
  );
}
