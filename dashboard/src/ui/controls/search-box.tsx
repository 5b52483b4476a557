import { useEffect, useState } from 'react';
import { Input } from './field';
import { followAddress, type SearchText } from './search-text';

/** How long typing has to pause before anything is searched. */
const TYPING_MS = 250;

/** A search text, which is passed on when typing pauses. */
export function SearchBox({
  label,
  value,
  onSearch,
}: {
  readonly label: string;
  readonly value: string;
  readonly onSearch: (text: string) => void;
}) {
  const [typed, setTyped] = useState<SearchText>({ text: value, value, sent: [] });
  const current = typed.value === value ? typed : followAddress(typed, value);
  if (current !== typed) setTyped(current);
  const { text } = current;
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => {
      setTyped((before) => ({ ...before, sent: [...before.sent, text] }));
      onSearch(text);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, value, onSearch]);
  return (
    <Input
      type="search"
      aria-label={label}
      placeholder={label}
      className="md:w-[236px]!"
      value={text}
      onChange={({ target }) => setTyped((before) => ({ ...before, text: target.value }))}
    />
  );
}
