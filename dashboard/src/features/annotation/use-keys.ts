import { useEffect, useRef } from 'react';

/**
 * Calls back on keys without modifiers, unless somebody is typing or a dialog is open.
 * @param onKey returns whether it handled the key.
 */
export function useKeys(onKey: (key: string) => boolean): void {
  const latest = useRef(onKey);
  useEffect(() => {
    latest.current = onKey;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      // An open dialog has the focus. A toast also has the role of a dialog, but not the focus.
      const isElsewhere =
        event.target instanceof HTMLElement &&
        (event.target.matches('input, textarea, select, [contenteditable]') ||
          event.target.closest('[role="dialog"]') !== null);
      if (isElsewhere || event.metaKey || event.ctrlKey || event.altKey || event.repeat) return;
      if (latest.current(event.key.length === 1 ? event.key.toLowerCase() : event.key))
        event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
