import { useCallback, useState } from 'react';

/**
 * Keeps what somebody has typed and not saved. It survives a reload, and a redirect to the identity provider and back.
 * @param key identifies the subject of the draft.
 */
export function useDraft<T>(key: string): readonly [draft: T | null, keep: (draft: T | null) => void] {
  const [kept, setKept] = useState(() => ({ key, draft: read(key) as T | null }));
  const current = kept.key === key ? kept.draft : (read(key) as T | null);
  const keep = useCallback(
    (draft: T | null) => {
      setKept({ key, draft });
      try {
        if (draft === null) sessionStorage.removeItem(storedAs(key));
        else sessionStorage.setItem(storedAs(key), JSON.stringify(draft));
      } catch {
        // The browser's storage is full or disabled, so the draft lives only as long as the page.
      }
    },
    [key],
  );
  return [current, keep];
}

const storedAs = (key: string) => `prompt-ledger.draft ${key}`;

function read(key: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(storedAs(key)) ?? 'null');
  } catch {
    return null;
  }
}
