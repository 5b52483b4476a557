import { useEffect, useState } from 'react';
import { Input } from './field';

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
  const [typed, setTyped] = useState({ text: value, from: value });
  // Another filter, or the browser's back button, has changed it from outside.
  const text = typed.from === value ? typed.text : value;
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => onSearch(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, value, onSearch]);
  return (
    <Input
      type="search"
      aria-label={label}
      placeholder={label}
      className="md:w-[236px]!"
      value={text}
      onChange={(event) => setTyped({ text: event.target.value, from: value })}
    />
  );
}
